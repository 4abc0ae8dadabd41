// The room of a major incident: what is the matter, who leads, when the next word is due, what has
// happened and what is to be done. On a big screen it shows all that and asks nothing.
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { on } from '../api/live';
import { client, useList, useRecord } from '../api/queries';
import type { Kind, Rec, Row } from '../api/types';
import { called, useBook } from '../book';
import { isEmpty, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { useKeys } from '../keys';
import { scheme } from '../prefs';
import { Composer } from '../record/Composer';
import { InlineField, Prose } from '../record/InlineField';
import { useMoves } from '../record/Record';
import { usePresence } from '../record/usePresence';
import { useSave } from '../record/useSave';
import { Failed, Loading, NotFound } from '../shell/States';
import { useTitle } from '../shell/title';
import { langOf } from '../text';
import { Button, Kbd } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { StateMark } from '../ui/marks';
import './major.css';
import { canBeMajor, clock, isMajor, ownerField, partsOf, roomMoves, startOf, useSeconds } from './major';
import { Stream } from './Stream';
import { Tasks } from './Tasks';
import { UpdateForm } from './UpdateForm';

export const RoomPage = () => {
  const { plural, key } = useParams({ from: '/desk/$plural/$key/room' });
  const book = useBook();
  const k = book.plurals.get(plural);
  return k && canBeMajor(book, k) ? <Loader key={key} kind={k} id={key} /> : <NotFound />;
};

const Loader = ({ kind, id }: { kind: Kind; id: string }) => {
  const { t } = useSay();
  const rec = useRecord(kind, id);
  if (rec.error && !rec.data) return <Failed error={rec.error} retry={() => void rec.refetch()} />;
  if (!rec.data) return <Loading />;
  if (isMajor(rec.data)) return <Room kind={kind} id={id} rec={rec.data} />;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="phead">
        <h1>{t('room.title', { number: rec.data.number ?? '' })}</h1>
      </div>
      <div className="pagebody">
        <p>{t('room.over')}</p>
        <Link to="/$plural/$key" params={{ plural: kind.plural, key: id }} className="btn">
          {t('room.record')}
        </Link>
      </div>
    </main>
  );
};

// usePart lists what belongs to the record, and follows its changes.
const usePart = (part: Kind | undefined, of: Kind, rec: Rec): Row[] => {
  const book = useBook();
  const k = part ?? of;
  const fields = useMemo(() => [...new Set(['version', 'created_at', 'created_by', 'updated_by', 'state', 'done_at', ...k.list, k.title])].filter(n => book.field(k, n)), [k, book]);
  const list = useList({ kind: k, filter: part ? `${ownerField(k, of)} == '${rec.id}'` : `id == '${rec.id}'`, order: 'created_at', fields });
  useEffect(
    () =>
      on('change', c => {
        if (c.kind === k.name) void client.invalidateQueries({ queryKey: ['list', k.name] });
      }),
    [k],
  );
  return useMemo(() => (part ? (list.data?.pages.flatMap(p => p.items) ?? []) : []), [part, list.data]);
};

const useBig = (): [boolean, (on: boolean) => void] => {
  const [big, setBig] = useState(false);
  useEffect(() => {
    if (!big) return;
    document.documentElement.dataset['theme'] = 'dark';
    document.documentElement.dataset['big'] = '';
    return () => {
      document.documentElement.dataset['theme'] = scheme.get();
      delete document.documentElement.dataset['big'];
    };
  }, [big]);
  return [big, setBig];
};

const Room = ({ kind: k, id, rec }: { kind: Kind; id: string; rec: Rec }) => {
  const { t, label } = useSay();
  const book = useBook();
  const save = useSave(k, id);
  const moves = useMoves(k, id, rec);
  const presence = usePresence(k, rec.id);
  const [big, setBig] = useBig();
  const parts = useMemo(() => partsOf(book, k), [book, k]);
  const taskRows = usePart(parts.tasks, k, rec);
  const updateRows = usePart(parts.updates, k, rec);
  const title = called(k, rec);
  useTitle(t('room.title', { number: rec.number ?? '' }));
  useKeys([
    { keys: 'b', label: t('room.big'), scope: 'record', run: () => setBig(!big) },
    ...(big ? [{ keys: 'Escape', label: t('room.big.end'), scope: 'record' as const, run: () => setBig(false) }] : []),
  ]);
  const start = startOf(rec);
  const field = (n: string) => book.field(k, n);
  const facts = (names: string[], edit: boolean) => (
    <dl className="facts">
      {names.flatMap(n => field(n) ?? []).filter(f => f.name in rec && (edit || !isEmpty(rec[f.name]))).map(f => (
        <div key={f.name}>
          <dt>{label(f.label)}</dt>
          <dd>{edit && !big ? <InlineField kind={k} field={f} rec={rec} save={save} open /> : <Show kind={k} field={f} value={rec[f.name]} link={!big} open />}</dd>
        </div>
      ))}
    </dl>
  );
  const stream = (most?: number) => (
    <Stream kind={k} id={id} start={start} updates={parts.updates && { kind: parts.updates, rows: updateRows }} tasks={parts.tasks && { kind: parts.tasks, rows: taskRows }} {...(most ? { most } : {})} />
  );
  const major = field('major');
  return (
    <main id="main" className={`room ${big ? 'big' : ''}`} tabIndex={-1}>
      <header className="roomhead">
        <div className="recline">
          <Icon name="warn" />
          <strong>{major && <Show kind={k} field={major} value={rec['major']} />}</strong>
          {big ? (
            <span className="num">{rec.number}</span>
          ) : (
            <Link to="/$plural/$key" params={{ plural: k.plural, key: id }} className="num">
              {rec.number}
            </Link>
          )}
          {rec.state && <StateMark kind={k} state={rec.state} />}
          <span className="grow" />
          {!big &&
            moves.allowed.filter(m => roomMoves.includes(m.name) && (m.name !== 'confirm_major' || rec['major'] === 'candidate')).map(m => (
              <Button key={m.name} look={m.name === 'confirm_major' ? 'primary' : 'plain'} onClick={() => moves.start(m)}>
                {label(m.label)}
              </Button>
            ))}
          {big ? (
            <button type="button" className="btn bigend" onClick={() => setBig(false)}>
              {t('room.big.end')}
            </button>
          ) : (
            <Button icon="screen" onClick={() => setBig(true)}>
              {t('room.big')} <Kbd keys="b" />
            </Button>
          )}
        </div>
        <h1 lang={langOf(title)}>{title}</h1>
        <Clocks rec={rec} start={start} />
      </header>
      <div className="roomgrid">
        <div className="roomleft" tabIndex={0} role="region" aria-label={t('room.summary')}>
          <section className="sect">
            <h2>{t('room.summary')}</h2>
            <div className="pad">
              {!big && !isEmpty(rec['description']) && <Prose text={rec['description']} />}
              {facts(['service', 'service_status', 'users_affected', 'impact', 'urgency'], true)}
              {facts(['impact_start', 'detected_at', 'major_since', 'major_reason'], false)}
            </div>
          </section>
          <section className="sect">
            <h2>{t('room.roles')}</h2>
            <div className="pad">{facts(['mi_commander', 'comms_lead', 'bridge_url', 'update_interval_min'], true)}</div>
          </section>
          {!big && parts.tasks && <Tasks kind={parts.tasks} owner={ownerField(parts.tasks, k)} rec={rec} rows={taskRows} />}
          {!big && parts.updates?.can_create && <UpdateForm kind={parts.updates} owner={ownerField(parts.updates, k)} of={k} id={id} rec={rec} />}
        </div>
        <section className="roomright" aria-label={t('room.stream')}>
          <h2 className="streamhead">{t('room.stream')}</h2>
          <div className="streambox" tabIndex={0} role="region" aria-label={t('room.stream.list')}>
            {stream(big ? 12 : undefined)}
          </div>
          {!big && <Composer kind={k} rec={rec} id={id} onWriting={presence.writing} onMove={moves.start} />}
        </section>
      </div>
      {moves.dialog}
    </main>
  );
};

// Clocks tick by the second: since when, and until when the next word was promised.
const Clocks = ({ rec, start }: { rec: Rec; start: string }) => {
  const { t, exact } = useSay();
  const now = useSeconds();
  const next = rec['next_update_at'];
  const left = typeof next === 'string' ? (Date.parse(next) - now) / 1000 : undefined;
  return (
    <div className="clocks">
      <p>
        <span>{t('room.since')}</span> <time className="num" dateTime={start} title={exact(start)}>{clock((now - Date.parse(start)) / 1000)}</time>
      </p>
      <p className={left === undefined ? '' : left < 0 ? 'late' : left < 300 ? 'soon' : ''} role="timer">
        <span>{t(left !== undefined && left < 0 ? 'room.next.late' : 'room.next')}</span>{' '}
        {left === undefined ? <span className="dim">{t('room.next.none')}</span> : <time className="num" dateTime={String(next)} title={exact(String(next))}>{clock(left)}</time>}
      </p>
    </div>
  );
};
