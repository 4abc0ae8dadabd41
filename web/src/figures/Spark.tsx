// A small line that shows how a figure went, for the eye; its values stand in a table for those who listen.
import type { Point } from './Chart';

const W = 120;
const H = 30;

// path draws the values that are there; a gap stays a gap.
export const path = (values: (number | null)[]): string => {
  const some = values.filter((v): v is number => v !== null);
  const [low, high] = [Math.min(...some), Math.max(...some)];
  let pen = 'M';
  return values
    .map((v, i) => {
      if (v === null) {
        pen = 'M';
        return '';
      }
      const x = values.length < 2 ? W / 2 : (i / (values.length - 1)) * W;
      const y = high === low ? H / 2 : H - 2 - ((v - low) / (high - low)) * (H - 4);
      const alone = pen === 'M' && (values[i + 1] ?? null) === null;
      const s = `${pen}${x.toFixed(1)} ${y.toFixed(1)}${alone ? 'h0' : ''}`; // a round end makes a dot of it
      pen = 'L';
      return s;
    })
    .join('');
};

export const Spark = ({ title, of, points, write }: { title: string; of: string; points: Point[]; write: (v: number) => string }) => (
  <>
    <svg className="spark" viewBox={`0 0 ${W} ${H}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path(points.map(p => p.value))} vectorEffect="non-scaling-stroke" />
    </svg>
    <div className="sr">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{of}</th>
            <th scope="col">{title}</th>
          </tr>
        </thead>
        <tbody>
          {points.map(p => (
            <tr key={p.name}>
              <th scope="row">{p.name}</th>
              <td>{p.value === null ? '–' : write(p.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
);
