// The promises about a record: how much of each is used, until when, and what was counted on the way.
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Kind, Rec } from '../api/types';
import { useBook } from '../book';
import { Ago, Left } from '../fields/Show';
import { seconds } from '../fields/duration';
import { useSay, type Label } from '../i18n';
import { useNow } from '../now';
import { langOf } from '../text';
import { Icon } from '../ui/Icon';

type Span = { start: string; end: string };
type Clock = {
  id: string; number: string; kind: string; metric: string; target_name: string; state: string; started_at: string; due_at: string | null; stopped_at: string | null; breached_at: string | null;
  allowed: string; elapsed: string; remaining: string; paused: string; percent: number; calendar_name: string; timezone: string; reason?: string;
  segments: { kind: 'run' | 'pause'; from: string; to: string | null; reason?: string }[];
  derivation?: { due_at: string; counted: Span[]; more: boolean; special_days: { date: string; why: string; label?: Label }[] };
};

// Clocks are asked for anew with every version of the record, for they change with it, and once a minute.
export const Clocks = ({ kind: k, rec, id }: { kind: Kind; rec: Rec; id: string }) => {
  const { t } = useSay();
  const { data } = useQuery({ queryKey: ['clocks', k.name, id, rec.version], queryFn: () => get<{ items: Clock[] }>(`/${k.plural}/${id}/clocks`), refetchInterval: 60_000 });
  const all = data?.items ?? [];
  if (!all.length) return null;
  const live = all.filter(c => c.state !== 'cancelled');
  const gone = all.filter(c => c.state === 'cancelled');
  return (
    <section className="sect">
      <h2>
        {t('clocks.title')} <span className="dim num">{live.length}</span>
      </h2>
      <ul className="clocks">
        {live.map(c => (
          <One key={c.id} clock={c} />
        ))}
      </ul>
      {gone.length > 0 && (
        <details className="clocksgone">
          <summary>{t('clocks.cancelled', { n: gone.length })}</summary>
          <ul className="clocks">
            {gone.map(c => (
              <One key={c.id} clock={c} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
};

const tones: Record<string, string> = { met: 'good', breached_running: 'p1', breached_stopped: 'p1', paused: 'paused', cancelled: 'paused' };

const One = ({ clock: c }: { clock: Clock }) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const now = useNow();
  const k = book.kinds.get('sla_clock');
  const word = (name: string, code: string): string => label((k ? book.field(k, name) : undefined)?.choices?.find(x => x.code === code)?.label) || code;
  const left = c.due_at ? (Date.parse(c.due_at) - now) / 1000 : 0;
  const tone = tones[c.state] ?? (left < 3600 ? 'p2' : left < 14_400 ? 'p3' : 'good');
  const span = (s: Span): string => `${say.time(s.start)} – ${say.date(s.start) === say.date(s.end) ? say.clock(s.end) : say.time(s.end)}`;
  return (
    <li>
      <div className="clockline">
        <b lang={langOf(c.target_name)}>{c.target_name}</b>
        <span className="dim">{word('metric', c.metric)}</span>
        <span className={`clockstate ${tone}`}>
          <Icon name={c.state === 'met' ? 'check' : c.state.startsWith('breached') ? 'warn' : 'past'} size={13} /> {word('state', c.state)}
        </span>
        <span className="grow" />
        {c.state === 'running' && c.due_at ? <Left at={c.due_at} /> : c.stopped_at ? <Ago at={c.stopped_at} /> : c.breached_at ? <Left at={c.breached_at} /> : null}
      </div>
      <div className={`clockbar ${tone}`} role="img" aria-label={t('clocks.used', { n: Math.round(c.percent) })}>
        <i style={{ ['--w' as string]: `${Math.max(1, Math.min(100, c.percent))}%` }} />
      </div>
      <details>
        <summary>
          {t('clocks.how', { used: say.span(seconds(c.elapsed) ?? 0), allowed: say.span(seconds(c.allowed) ?? 0) })}
        </summary>
        <dl className="facts">
          <div>
            <dt>{t('clocks.calendar')}</dt>
            <dd>
              <span lang={langOf(c.calendar_name)}>{c.calendar_name}</span> <span className="dim">{c.timezone}</span>
            </dd>
          </div>
          <div>
            <dt>{t('clocks.ran')}</dt>
            <dd>
              <ol className="clocksegs">
                {c.segments.map(s => (
                  <li key={s.from + s.kind}>
                    <span className="dim">{t(s.kind === 'pause' ? 'clocks.pause' : 'clocks.run')}</span> {say.time(s.from)} – {s.to ? say.time(s.to) : t('clocks.now')} {s.reason && <span lang={langOf(s.reason)}>({s.reason})</span>}
                  </li>
                ))}
              </ol>
            </dd>
          </div>
          {c.derivation && (
            <div>
              <dt>{t('clocks.counted')}</dt>
              <dd>
                <ol className="clocksegs">
                  {c.derivation.counted.slice(0, 12).map(s => (
                    <li key={s.start}>{span(s)}</li>
                  ))}
                  {(c.derivation.more || c.derivation.counted.length > 12) && <li className="dim">…</li>}
                  <li>
                    <b>{t('clocks.due', { at: say.time(c.derivation.due_at) })}</b>
                  </li>
                </ol>
                {c.derivation.special_days.map(d => (
                  <div key={d.date} className="dim">
                    {say.date(d.date)} {label(d.label)}
                  </div>
                ))}
              </dd>
            </div>
          )}
        </dl>
      </details>
    </li>
  );
};
