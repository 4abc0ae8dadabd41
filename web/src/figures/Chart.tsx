// One chart: a line or columns over time, bars or a ring by group, in the colours of the theme, with
// its legend in HTML and a table that says the same. Screen readers get the table; the picture is
// for the eye.
import { useEffect, useRef, useState } from 'react';
import { useSay } from '../i18n';
import { scheme } from '../prefs';
import { useStore } from '../store';
import { langOf } from '../text';

export type Point = { name: string; value: number | null; why?: string };
export type Line = { name: string; values: (number | null)[] };
export type ChartLook = 'line' | 'column' | 'bar' | 'donut';
type Props = {
  title: string; of: string; look: ChartLook; points: Point[]; write: (v: number) => string; target?: number | null; series: string;
  lines?: Line[]; // several values of each point, in place of its own
  unit?: string; // of the values: seconds are cut at whole hours and days, and what is counted at whole numbers
  inside?: boolean; // of a tile that has the title and the height
};

// every is the distance of an axis's lines in seconds: three or four of them, at times that people name.
const nice = [60, 300, 600, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 432_000, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000];
export const every = (most: number): number => nice.find(n => n >= most / 4) ?? Math.ceil(most / 4 / 31_536_000) * 31_536_000;

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const colours = ['--c1', '--c2', '--c3', '--c4', '--c5', '--c6'];
const colour = (i: number): string => colours[i % colours.length] ?? '--c1';

const linesOf = (p: Props): Line[] => p.lines ?? [{ name: p.series, values: p.points.map(x => x.value) }];

const option = (p: Props, targetName: string): Record<string, unknown> => {
  const [ink, dim, line, bad, raised, surface] = ['--ink', '--ink-3', '--line', '--c2', '--raised', '--surface'].map(css);
  const flat = p.look === 'bar';
  const tip = { backgroundColor: raised, borderColor: line, textStyle: { color: ink, fontSize: 12 }, confine: true, valueFormatter: (v: unknown) => (typeof v === 'number' ? p.write(v) : '–') };
  const text = { fontFamily: css('--font'), color: ink };
  if (p.look === 'donut')
    return {
      animation: false,
      textStyle: text,
      tooltip: { trigger: 'item', ...tip },
      series: [{ type: 'pie', radius: ['52%', '88%'], data: p.points.map((x, i) => ({ name: x.name, value: x.value ?? 0, itemStyle: { color: css(colour(i)) } })), label: { show: false }, itemStyle: { borderColor: surface, borderWidth: 2 }, emphasis: { scale: false } }],
    };
  const category = { type: 'category', data: p.points.map(x => x.name), axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: dim, fontSize: 12, hideOverlap: !flat, width: flat ? 120 : undefined, overflow: 'truncate' }, inverse: flat };
  // A target beyond all values is still on the picture.
  const goal = p.target ?? null;
  const most = Math.max(0, goal ?? 0, ...p.points.map((_, i) => linesOf(p).reduce((n, l) => (p.look === 'line' ? Math.max(n, l.values[i] ?? 0) : n + (l.values[i] ?? 0)), 0)));
  const value = { type: 'value', ...(p.unit === 'seconds' && most > 0 ? { interval: every(most), max: Math.ceil((most * 1.02) / every(most)) * every(most) } : {}), ...(p.unit === 'count' ? { minInterval: 1 } : {}), ...(goal === null || p.unit === 'seconds' ? {} : { max: (v: { max: number }) => (v.max < goal ? goal * 1.1 : null) }), splitNumber: 3, splitLine: { lineStyle: { color: line } }, axisLabel: { color: dim, fontSize: 12, hideOverlap: true, formatter: (v: number) => p.write(v) } };
  const lines = linesOf(p);
  const mark = goal === null ? {} : { markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: bad, type: 'dashed', width: 1.5 }, data: [{ name: targetName, [flat ? 'xAxis' : 'yAxis']: goal }] } };
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 20, top: 12, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', axisPointer: { type: p.look === 'line' ? 'line' : 'shadow' }, ...tip },
    xAxis: flat ? value : category,
    yAxis: flat ? category : value,
    series: lines.map((l, i) => ({
      name: l.name, type: p.look === 'line' ? 'line' : 'bar', data: l.values, color: css(colour(i)), barMaxWidth: 18, symbolSize: 6, showAllSymbol: p.points.length <= 31, connectNulls: false, lineStyle: { width: 2 },
      ...(p.look !== 'line' && lines.length > 1 ? { stack: 'all' } : {}),
      ...(i === 0 ? mark : {}),
    })),
  };
};

export const Chart = (p: Props) => {
  const { t } = useSay();
  const dark = useStore(scheme);
  const box = useRef<HTMLDivElement>(null);
  const [table, setTable] = useState(false);
  const lines = linesOf(p);
  const shape = JSON.stringify([p.points, p.target, p.look, p.lines]);
  const latest = useRef(p);
  latest.current = p;
  useEffect(() => {
    const at = box.current;
    if (!at || table) return;
    let gone = false;
    let end = (): void => undefined;
    void import('./echarts').then(({ init }) => {
      if (gone) return;
      const chart = init(at, null, { renderer: 'svg' });
      chart.setOption(option(latest.current, t('figures.target')));
      const watch = new ResizeObserver(() => chart.resize());
      watch.observe(at);
      end = () => {
        watch.disconnect();
        chart.dispose();
      };
    });
    return () => {
      gone = true;
      end();
    };
  }, [shape, dark, table, t]);
  const height = p.inside ? undefined : p.look === 'bar' ? Math.max(90, p.points.length * 30 + 40) : 200;
  const named = p.look === 'donut' ? p.points.map(x => x.name) : lines.map(l => l.name);
  return (
    <figure className={`chart ${p.inside ? 'inside' : ''} look-${p.look}`}>
      <figcaption>
        <span className={p.inside ? 'sr' : 'charttitle'}>{p.title}</span>
        {(!p.inside || named.length > 1 || (p.target !== null && p.target !== undefined)) && (
          <span className="legend" aria-hidden="true">
            {named.map((n, i) => (
              <span key={n}>
                <i style={{ background: `var(${colour(i)})` }} /> <span lang={langOf(n)}>{n}</span>
                {p.look === 'donut' && <b className="num">{p.write(p.points[i]?.value ?? 0)}</b>}
              </span>
            ))}
            {p.target !== null && p.target !== undefined && (
              <span>
                <i className="dash" /> {t('figures.target')} {p.write(p.target)}
              </span>
            )}
          </span>
        )}
        <span className="grow" />
        <button type="button" className="linkbtn" aria-pressed={table} onClick={() => setTable(!table)}>
          {t('figures.table')}
        </button>
      </figcaption>
      {!table && <div ref={box} className="chartbox" style={{ height }} aria-hidden="true" />}
      <div className={table ? 'charttable' : 'sr'} {...(table ? { tabIndex: 0, role: 'group', 'aria-label': p.title } : {})}>
        <table>
          <caption className="sr">{p.title}</caption>
          <thead>
            <tr>
              <th scope="col">{p.of}</th>
              {lines.map(l => (
                <th scope="col" key={l.name}>
                  {l.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {p.points.map((x, i) => (
              <tr key={x.name}>
                <th scope="row">{x.name}</th>
                {lines.map(l => {
                  const v = l.values[i] ?? null;
                  return (
                    <td className="num" key={l.name}>
                      {v === null ? <span className="dim">{x.why ?? t('figures.reason.no_data')}</span> : p.write(v)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
};
