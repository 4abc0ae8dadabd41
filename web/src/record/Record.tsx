// The page of one record, the same for every kind: the book decides what is on it.
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { newKey } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { client, doMove, patch, recordKey, refresh, useHistory, useMe, useRecord } from '../api/queries';
import type { Field, Kind, Move, Rec, Value } from '../api/types';
import { useBook } from '../book';
import { sectionsOf } from '../create/form';
import { Ago, isEmpty, Left, Person, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { useKeys } from '../keys';
import { useSeen } from '../inbox/seen';
import { canBeMajor, isMajor } from '../major/major';
import { remember } from '../prefs';
import { current } from '../shell/open';
import { Failed, Loading, NotFound } from '../shell/States';
import { useTitle } from '../shell/title';
import { langOf } from '../text';
import { IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { StageMark } from '../ui/marks';
import { toast } from '../ui/toast';
import { Activity } from './Activity';
import { Composer } from './Composer';
import { Files } from './Files';
import { InlineField, Prose } from './InlineField';
import { atOnce, MoveDialog } from './MoveDialog';
import { Rail } from './Rail';
import { Parts, Related } from './Related';
import { usePresence } from './usePresence';
import { useSave } from './useSave';

export const RecordPage = () => {
  const { plural, key } = useParams({ from: '/desk/$plural/$key' });
  const k = useBook().plurals.get(plural);
  return k ? <Loader key={`${k.name}/${key}`} kind={k} id={key} /> : <NotFound />;
};

const Loader = ({ kind, id }: { kind: Kind; id: string }) => {
  const rec = useRecord(kind, id);
  if (rec.error && !rec.data) return <Failed error={rec.error} retry={() => void rec.refetch()} />;
  return rec.data ? <Record kind={kind} id={id} rec={rec.data} /> : <Loading />;
};

// useMoves runs moves: at once where nothing has to be said, else through the dialog, which also
// says why one was refused.
export const useMoves = (k: Kind, id: string, rec: Rec) => {
  const { t, label } = useSay();
  const book = useBook();
  const [asking, setAsking] = useState<Move | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const send = async (m: Move, body: Record<string, Value>): Promise<void> => {
    setBusy(true);
    try {
      const r = await doMove(k, rec.id, m.name, body, { idem: key.current });
      client.setQueryData<Rec>(recordKey(k.name, id), r);
      refresh(k.name, [id, rec.id]);
      void client.invalidateQueries({ queryKey: ['counts'] });
      setAsking(null);
      setFault(null);
      toast(t('move.done', { number: rec.number ?? label(k.label), move: label(m.label) }));
    } catch (e) {
      const f = faultOf(e);
      setFault(f);
      setAsking(m);
      if (f.status === 412 || f.code === 'conflict') refresh(k.name, [id, rec.id]);
    } finally {
      key.current = newKey();
      setBusy(false);
    }
  };
  const start = (m: Move): void => {
    if (busy) return;
    setFault(null);
    if (atOnce(m)) void send(m, {});
    else setAsking(m);
  };
  const dialog = asking && (
    <MoveDialog
      key={asking.name}
      kind={k}
      move={asking}
      from={rec.state}
      start={rec}
      comment={rec.can.verbs.includes('comment')}
      fault={fault}
      busy={busy}
      onClose={() => {
        setAsking(null);
        setFault(null);
      }}
      onSubmit={body => void send(asking, body)}
    />
  );
  const allowed = useMemo(() => rec.can.moves.flatMap(n => book.move(k, n) ?? []), [rec.can.moves, book, k]);
  return { start, dialog, allowed };
};

const Record = ({ kind: k, id, rec }: { kind: Kind; id: string; rec: Rec }) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const navigate = useNavigate();
  const me = useMe().data;
  const history = useHistory(k, id).data;
  const save = useSave(k, id);
  const moves = useMoves(k, id, rec);
  const presence = usePresence(k, rec.id);
  const [menu, setMenu] = useState(false);
  const [editTitle, setEditTitle] = useState(false);
  const home = book.home(k.name);
  const titleField = book.title(k);
  const title = String(rec[k.title] ?? rec.number ?? label(k.label));
  const final = k.life?.states.find(s => s.name === rec.state)?.final ?? false;
  const number = rec.number || '';
  useTitle(number ? `${number} ${title}` : title);
  useSeen(rec.id);
  useEffect(() => remember(k.plural, book.key(rec), title), [k.plural, book, rec, title]);
  const start = useRef(moves.start);
  start.current = moves.start;
  useEffect(() => {
    current.set({ kind: k, rec, moves: moves.allowed, run: m => start.current(m) });
    return () => current.set(null);
  }, [k, rec, moves.allowed]);
  const copy = (): void => {
    void navigator.clipboard?.writeText(`${number} ${location.href}`).then(() => toast(t('app.copied')));
  };
  const assignee = book.field(k, 'assignee');
  const mayAssign = assignee && rec.can.fields.includes('assignee') && me;
  useKeys([
    ...(titleField && rec.can.fields.includes(titleField.name) ? [{ keys: 'e', label: t('keys.edit'), scope: 'record' as const, run: () => setEditTitle(true) }] : []),
    ...(moves.allowed.length ? [{ keys: 's', label: t('keys.moves'), scope: 'record' as const, run: () => setMenu(true) }] : []),
    ...(mayAssign
      ? [{ keys: 'm', label: t('keys.assignme'), scope: 'record' as const, run: () => void patch(k, rec.id, rec.version, { assignee: me.id }).then(() => refresh(k.name, [id, rec.id]), e => toast(faultOf(e).message, 'bad')) }]
      : []),
    { keys: 'u', label: t('keys.back'), scope: 'record', run: () => void navigate({ to: '/$plural', params: { plural: k.plural }, search: {} }) },
  ]);
  const priority = book.field(k, 'priority');
  const due = rec['due_at'];
  return (
    <main id="main" className="record" tabIndex={-1}>
      <header className="rechead">
        <div className="recline">
          <nav className="crumb" aria-label={label(home?.process.label)}>
            {home && (
              <>
                <StageMark stage={home.stage.name} /> <span>{label(home.stage.label)}</span> <span aria-hidden="true">/</span>{' '}
              </>
            )}
            <Link to="/$plural" params={{ plural: k.plural }} search={{}}>
              {label(k.label_plural)}
            </Link>
            {number && (
              <>
                {' '}
                <span aria-hidden="true">/</span> <span className="num">{number}</span>
              </>
            )}
          </nav>
          <IconButton icon="copy" label={t('record.number.copy')} className="tiny" onClick={copy} />
          <span className="grow" />
          {presence.others.map(o => (
            <span key={o.user} className={`presence ${o.doing}`} role="status">
              <Icon name={o.doing === 'writing' ? 'pen' : 'eye'} size={14} /> {t(o.doing === 'writing' ? 'record.writing' : 'record.viewing', { name: o.name })}
            </span>
          ))}
          {canBeMajor(book, k) && isMajor(rec) && (
            <Link to="/$plural/$key/room" params={{ plural: k.plural, key: id }} className="btn mini">
              <Icon name="warn" size={14} /> {t('room.open')}
            </Link>
          )}
          {priority && !isEmpty(rec['priority']) && <Show kind={k} field={priority} value={rec['priority']} />}
          {typeof due === 'string' && !final && <Left at={due} />}
        </div>
        {titleField ? (
          <InlineField kind={k} field={titleField} rec={rec} save={save} open={!final} edit={{ on: editTitle, set: setEditTitle }} show={<h1 lang={langOf(title)}>{title}</h1>} />
        ) : (
          <h1>{title}</h1>
        )}
        {k.life && <Rail kind={k} rec={rec} history={history} onMove={moves.start} menu={menu} onMenu={setMenu} />}
      </header>
      <div className="rec">
        <div className="recmain" tabIndex={0} role="region" aria-label={t('record.details')}>
          <Details kind={k} rec={rec} save={save} final={final} />
          <Parts kind={k} rec={rec} id={id} />
          <Related kind={k} rec={rec} id={id} />
          <Files kind={k} rec={rec} id={id} />
          <p className="recfoot">
            {label(book.field(k, 'created_at')?.label)} <Ago at={rec.created_at} /> · <Person id={rec['created_by'] as string | undefined} />
            {rec.version > 1 && (
              <>
                {' '}
                — {label(book.field(k, 'updated_at')?.label)} <Ago at={rec.updated_at} /> · <Person id={rec['updated_by'] as string | undefined} />
              </>
            )}
          </p>
        </div>
        <aside className="recside" aria-label={t('record.side')}>
          <div className="actscroll" tabIndex={0} role="region" aria-label={t('record.activity')}>
            <Activity kind={k} id={id} rich />
          </div>
          <Composer kind={k} rec={rec} id={id} onWriting={presence.writing} />
        </aside>
      </div>
      {moves.dialog}
    </main>
  );
};

// own are the fields that stand elsewhere on the page.
const own = new Set(['id', 'number', 'version', 'state', 'created_at', 'created_by', 'updated_at', 'updated_by']);

// quiet tells whether a value says nothing worth a line until somebody looks for it.
const quiet = (f: Field, v: Value): boolean => isEmpty(v) || v === false || (f.derived && (v === 0 || v === 'PT0S'));

const Details = ({ kind: k, rec, save, final }: { kind: Kind; rec: Rec; save: ReturnType<typeof useSave>; final: boolean }) => {
  const { t, label } = useSay();
  const book = useBook();
  const [all, setAll] = useState(false);
  const description = k.fields.find(f => f.type === 'rich_text' && f.section === 'main' && f.name in rec);
  const fields = k.fields.filter(f => f.name in rec && !own.has(f.name) && f.name !== k.title && f !== description);
  const usual = new Set(k.list);
  const hidden = fields.filter(f => quiet(f, rec[f.name]) && !usual.has(f.name) && !(f.required && rec.can.fields.includes(f.name)));
  const shown = all ? fields : fields.filter(f => !hidden.includes(f));
  return (
    <>
      {description && (
        <section className="sect">
          <h2>{label(description.label)}</h2>
          <div className="pad">
            <InlineField kind={k} field={description} rec={rec} save={save} open={!final} show={<Prose text={rec[description.name]} />} />
          </div>
        </section>
      )}
      <div className="sect groups">
      {sectionsOf(shown).map(s => (
        <section key={s.name}>
          <h2>{label(book.wire.sections[s.name])}</h2>
          <dl className="facts two">
            {s.fields.map(f => (
              <div key={f.name} className={f.type === 'rich_text' || f.type === 'json' ? 'wide' : ''}>
                <dt>
                  {label(f.label)}
                  {f.internal && <span className="inmark" title={t('files.internal')}> ●<span className="sr"> ({t('files.internal')})</span></span>}
                </dt>
                <dd>
                  <InlineField kind={k} field={f} rec={rec} save={save} open={!final} {...(f.type === 'rich_text' && !isEmpty(rec[f.name]) ? { show: <Prose text={rec[f.name]} /> } : {})} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      </div>
      {hidden.length > 0 && (
        <button type="button" className="linkbtn emptytoggle" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('record.empty.hide') : t('record.empty.show', { n: hidden.length })}
        </button>
      )}
    </>
  );
};
