// The record as it was: a slider over its own changes, by hand, by key or to an exact moment.
import { useMemo } from 'react';
import type { Kind, Step } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { Button, IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { momentsOf } from './past';

type Props = { kind: Kind; history: Step[]; at: string | undefined; differs: number; missing: boolean; onAt: (at: string | undefined) => void; onClose: () => void };

const pad = (n: number): string => String(n).padStart(2, '0');
const local = (at: string): string => {
  const d = new Date(at);
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${pad(d.getHours())}:${pad(d.getMinutes())}`;
};

export const AsOf = ({ kind: k, history, at, differs, missing, onAt, onClose }: Props) => {
  const { t, label, time } = useSay();
  const book = useBook();
  const moments = useMemo(() => momentsOf(history), [history]);
  const last = moments.length; // beyond the last change is now
  const place = at ? Math.max(0, moments.findLastIndex(m => m.at <= at)) : last;
  const what = (m: { verbs: string[] }): string =>
    [...new Set(m.verbs.map(v => (book.move(k, v) ? label(book.move(k, v)?.label) : t(v === 'create' ? 'activity.created' : v === 'link' ? 'activity.link' : v === 'unlink' ? 'activity.unlink' : 'activity.changed'))))].join(', ');
  const said = (i: number): string => {
    const m = moments[i];
    return m ? t('past.step', { time: time(m.at), what: what(m) }) : t('past.last');
  };
  return (
    <section className={`asof ${at ? 'then' : ''}`} aria-label={t('past.open')}>
      <div className="asofline">
        <Icon name="past" />
        <strong role="status">{at ? `${t('past.title')}: ${time(at)}` : t('past.open')}</strong>
        {at && !missing && <span className="small">{differs ? t('past.differs', { n: differs }) : t('past.same')}</span>}
        <span className="grow" />
        <input className="inp" type="datetime-local" aria-label={t('past.exact')} value={at ? local(at) : ''} onChange={e => e.currentTarget.value && onAt(new Date(e.currentTarget.value).toISOString())} />
        {at && (
          <Button look="primary" className="mini" onClick={() => onAt(undefined)}>
            {t('past.now')}
          </Button>
        )}
        <IconButton icon="close" className="tiny" label={t('app.close')} onClick={onClose} />
      </div>
      <div className="asofrow">
        <span className="small dim" aria-hidden="true">{t('past.first')}</span>
        <div className="asofbar">
          <input
            type="range"
            min={0}
            max={last}
            step={1}
            value={place}
            autoFocus={!at}
            aria-label={t('past.slider')}
            aria-valuetext={said(place)}
            onChange={e => {
              const i = Number(e.currentTarget.value);
              onAt(moments[i]?.at);
            }}
          />
          <div className="ticks" aria-hidden="true">
            {moments.slice(0, 120).map((m, i) => (
              <i key={m.at} className={m.verbs.some(v => book.move(k, v)) ? 'move' : ''} style={{ left: `${(i / last) * 100}%` }} title={said(i)} />
            ))}
          </div>
        </div>
        <span className="small dim" aria-hidden="true">{t('past.last')}</span>
      </div>
      {at && <p className="small asofsaid">{missing ? t('past.before') : said(place)}</p>}
    </section>
  );
};
