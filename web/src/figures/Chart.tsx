// One chart: a line over time or bars by group, in the colours of the theme, with its legend in HTML
// and a table that says the same. Screen readers get the table; the picture is for the eye.
import { useEffect, useRef, useState } from 'react';
import { useSay } from '../i18n';
import { scheme } from '../prefs';
import { useStore } from '../store';

export type Point = { name: string; value: number | null; why?: string };
type Props = { title: string; of: string; look: 'line' | 'bar'; points: Point[]; write: (v: number) => string; target?: number | null; series: string };

const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const option = (p: Props, targetName: string): Record<string, unknown> => {
  const [ink, dim, line, c1, bad, raised] = ['--ink', '--ink-3', '--line', '--c1', '--c2', '--raised'].map(css);
  const flat = p.look === 'bar';
  const category = { type: 'category', data: p.points.map(x => x.name), axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: dim, fontSize: 12, hideOverlap: !flat, width: flat ? 120 : undefined, overflow: 'truncate' }, inverse: flat };
  // A target beyond all values is still on the picture.
  const goal = p.target ?? null;
  const value = { type: 'value', ...(goal === null ? {} : { max: (v: { max: number }) => (v.max < goal ? goal * 1.1 : null) }), splitNumber: 3, splitLine: { lineStyle: { color: line } }, axisLabel: { color: dim, fontSize: 12, formatter: (v: number) => p.write(v) } };
  return {
    animation: false,
    textStyle: { fontFamily: css('--font'), color: ink },
    grid: { left: 8, right: 20, top: 12, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', backgroundColor: raised, borderColor: line, textStyle: { color: ink, fontSize: 12 }, axisPointer: { type: flat ? 'shadow' : 'line' }, valueFormatter: (v: unknown) => (typeof v === 'number' ? p.write(v) : '–') },
    xAxis: flat ? value : category,
    yAxis: flat ? category : value,
    series: [
      {
        name: p.series, type: p.look, data: p.points.map(x => x.value), color: c1, barMaxWidth: 18, symbolSize: 6, showAllSymbol: true, connectNulls: false, lineStyle: { width: 2 },
        ...(p.target === null || p.target === undefined ? {} : { markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: bad, type: 'dashed', width: 1.5 }, data: [{ name: targetName, [flat ? 'xAxis' : 'yAxis']: p.target }] } }),
      },
    ],
  };
};

export const Chart = (p: Props) => {
  const { t } = useSay();
  const dark = useStore(scheme);
  const box = useRef<HTMLDivElement>(null);
  const [table, setTable] = useState(false);
  const shape = JSON.stringify([p.points, p.target, p.look]);
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
  const height = p.look === 'bar' ? Math.max(90, p.points.length * 30 + 40) : 200;
  return (
    <figure className="chart">
      <figcaption>
        <span className="charttitle">{p.title}</span>
        <span className="legend" aria-hidden="true">
          <i style={{ background: 'var(--c1)' }} /> {p.series}
          {p.target !== null && p.target !== undefined && (
            <>
              <i className="dash" /> {t('figures.target')} {p.write(p.target)}
            </>
          )}
        </span>
        <span className="grow" />
        <button type="button" className="linkbtn" aria-pressed={table} onClick={() => setTable(!table)}>
          {t('figures.table')}
        </button>
      </figcaption>
      {!table && <div ref={box} className="chartbox" style={{ height }} aria-hidden="true" />}
      <div className={table ? 'charttable' : 'sr'}>
        <table>
          <caption className="sr">{p.title}</caption>
          <thead>
            <tr>
              <th scope="col">{p.of}</th>
              <th scope="col">{p.series}</th>
            </tr>
          </thead>
          <tbody>
            {p.points.map(x => (
              <tr key={x.name}>
                <th scope="row">{x.name}</th>
                <td className="num">{x.value === null ? <span className="dim">{x.why ?? t('figures.reason.no_data')}</span> : p.write(x.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
};
