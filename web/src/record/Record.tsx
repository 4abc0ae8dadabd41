// The page of one record, the same for every kind: the book decides what is on it.
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { newKey } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { client, doMove, patch, recordKey, refresh, useHistory, useMe, usePast, useRecord } from '../api/queries';
import type { Field, Kind, Move, Rec, Value } from '../api/types';
import { type Book, called, useBook } from '../book';
import { isLong, sectionsOf } from '../create/form';
import { Ago, isEmpty, Left, Name, Person, Show } from '../fields/Show';
import { need, useSay } from '../i18n';
import { useKeys } from '../keys';
import { useSeen } from '../inbox/seen';
import { canBeMajor, isMajor } from '../major/major';
import { remember, scheme } from '../prefs';
import { current } from '../shell/open';
import { Failed, Loading, NotFound } from '../shell/States';
import { useTitle } from '../shell/title';
import { langOf } from '../text';
import { IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { StageMark } from '../ui/marks';
import { toast } from '../ui/toast';
import { Activity } from './Activity';
import { AsOf } from './AsOf';
import { Clocks } from './Clocks';
import { Composer } from './Composer';
import { Files } from './Files';
import { InlineField, Prose } from './InlineField';
import { atOnce, MoveDialog } from './MoveDialog';
import { neighbours } from './neighbours';
import { differing } from './past';
import { Rail } from './Rail';
import './record.css';
import { Parts, Related } from './Related';
import { Similar } from './Similar';
import { usePresence } from './usePresence';
import { useSave } from './useSave';
import { Watch } from './Watch';

const Vote = lazy(async () => ({ default: (await Promise.all([import('../approval/VotePage'), need('approval')]))[0].VotePage }));
const Asked = lazy(async () => ({ default: (await Promise.all([import('../approval/Panel'), need('approval')]))[0].Panel }));

// askedSection is the section of what approvals tell of a record, where they do.
const askedSection = (book: Book, k: Kind): string | undefined => (book.field(k, 'approvers') ?? book.field(k, 'stages'))?.section;

export const RecordPage = () => {
  const { plural, key } = useParams({ from: '/desk/$plural/$key' });
  const k = useBook().plurals.get(plural);
  return k ? <Loader key={`${k.name}/${key}`} kind={k} id={key} /> : <NotFound />;
};

const Loader = ({ kind, id }: { kind: Kind; id: string }) => {
  const rec = useRecord(kind, id);
  if (rec.error && !rec.data) return <Failed error={rec.error} retry={() => void rec.refetch()} />;
  if (!rec.data) return <Loading />;
  return kind.views.some(v => v.name === 'my_approvals') ? (
    <Suspense fallback={<Loading />}>
      <Vote kind={kind} id={id} rec={rec.data} />
    </Suspense>
  ) : (
    <Record kind={kind} id={id} rec={rec.data} />
  );
};

// useMoves runs moves: at once where nothing has to be said, else through the dialog, which also
// says why one was refused.
export const useMoves = (k: Kind, id: string, rec: Rec) => {
  const { t, label } = useSay();
  const book = useBook();
  const [asking, setAsking] = useState<Move | null>(null);
  const [said, setSaid] = useState<{ text: string; done: () => void } | null>(null); // a reply that goes with it
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const send = async (m: Move, body: Record<string, Value>, done?: () => void): Promise<void> => {
    setBusy(true);
    try {
      const r = await doMove(k, rec.id, m.name, body, { idem: key.current });
      client.setQueryData<Rec>(recordKey(k.name, id), r);
      refresh(k.name, [id, rec.id]);
      void client.invalidateQueries({ queryKey: ['counts'] });
      setAsking(null);
      setSaid(null);
      setFault(null);
      done?.();
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
  // start takes a move, with a reply that was written already, if there is one.
  const start = (m: Move, text = '', done: () => void = () => undefined): void => {
    if (busy) return;
    setFault(null);
    setSaid(text ? { text, done } : null);
    if (atOnce(m)) void send(m, text ? { comment: text } : {}, done);
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
      {...(said ? { said: said.text } : {})}
      fault={fault}
      busy={busy}
      onClose={() => {
        setAsking(null);
        setFault(null);
      }}
      onSubmit={body => void send(asking, body, said?.done)}
    />
  );
  const allowed = useMemo(() => rec.can.moves.flatMap(n => book.move(k, n) ?? []), [rec.can.moves, book, k]);
  return { start, dialog, allowed };
};

const Record = ({ kind: k, id, rec: now }: { kind: Kind; id: string; rec: Rec }) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const navigate = useNavigate();
  const me = useMe().data;
  const history = useHistory(k, id).data;
  const asked = useSearch({ from: '/desk/$plural/$key' }).as_of;
  const at = asked && !Number.isNaN(Date.parse(asked)) ? asked : undefined; // an address that says no moment says now
  const past = usePast(k, id, at);
  const missing = Boolean(at && past.error);
  // What is shown: the record as it is, or as it was; the past takes no moves and no edits.
  const rec = useMemo((): Rec => (at ? { ...(missing ? {} : (past.data ?? now)), id: now.id, can: { moves: [], fields: [], verbs: [] } } as Rec : now), [at, missing, past.data, now]);
  const differs = useMemo(() => (at && past.data && !missing ? differing(k.fields, past.data, now) : undefined), [at, missing, past.data, now, k]);
  const [slider, setSlider] = useState(Boolean(at));
  const goto = (moment: string | undefined): void => void navigate({ to: '.', search: moment ? { as_of: moment } : {}, replace: true });
  const near = useMemo(() => neighbours(k, now.id), [k, now.id]);
  const visit = (r: { id: string; number?: string } | undefined): void => {
    if (r) void navigate({ to: '/$plural/$key', params: { plural: k.plural, key: book.key(r) } });
  };
  const save = useSave(k, id);
  const moves = useMoves(k, id, rec);
  const presence = usePresence(k, rec.id);
  const [menu, setMenu] = useState(false);
  const [editTitle, setEditTitle] = useState(false);
  const home = book.home(k.name);
  const titleField = book.title(k);
  const title = (called(k, rec) || label(k.label));
  const final = k.life?.states.find(s => s.name === rec.state)?.final ?? false;
  const number = now.number || '';
  useTitle(number ? `${number} ${title}` : title);
  useSeen(rec.id);
  useEffect(() => remember(k.plural, book.key(now), called(k, now)), [k, book, now]);
  const start = useRef(moves.start);
  start.current = moves.start;
  useEffect(() => {
    current.set({ kind: k, rec, moves: moves.allowed, run: m => start.current(m) });
    return () => current.set(null);
  }, [k, rec, moves.allowed]);
  useEffect(() => {
    // Paper is white: what is printed is in the light theme.
    const html = document.documentElement;
    const light = (): void => void (html.dataset['theme'] = 'light');
    const back = (): void => void (html.dataset['theme'] = scheme.get());
    addEventListener('beforeprint', light);
    addEventListener('afterprint', back);
    return () => {
      removeEventListener('beforeprint', light);
      removeEventListener('afterprint', back);
    };
  }, []);
  const address = `${location.origin}/${k.plural}/${book.key(now)}`;
  const copy = (text: string): void => void navigator.clipboard?.writeText(text).then(() => toast(t('app.copied')));
  const assignee = book.field(k, 'assignee');
  const mayAssign = assignee && rec.can.fields.includes('assignee') && me;
  useKeys([
    ...(titleField && rec.can.fields.includes(titleField.name) ? [{ keys: 'e', label: t('keys.edit'), scope: 'record' as const, run: () => setEditTitle(true) }] : []),
    ...(moves.allowed.length ? [{ keys: 's', label: t('keys.moves'), scope: 'record' as const, run: () => setMenu(true) }] : []),
    ...(mayAssign
      ? [{ keys: 'm', label: t('keys.assignme'), scope: 'record' as const, run: () => void patch(k, rec.id, rec.version, { assignee: me.id }).then(() => refresh(k.name, [id, rec.id]), e => toast(faultOf(e).message, 'bad')) }]
      : []),
    ...(near ? [{ keys: 'j', label: t('near.next'), scope: 'record' as const, run: () => visit(near.next) }, { keys: 'k', label: t('near.prev'), scope: 'record' as const, run: () => visit(near.prev) }] : []),
    { keys: 'h', label: t('keys.past'), scope: 'record', run: () => setSlider(true) },
    ...(at ? [{ keys: 'Escape', label: t('keys.now'), scope: 'record' as const, typing: true, run: () => goto(undefined) }] : []),
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
          <IconButton icon="copy" label={t('record.number.copy')} className="tiny" onClick={() => copy(`${number} ${address}`)} />
          <span className="grow" />
          {presence.others.map(o => (
            <span key={o.user} className={`presence ${o.doing}`} role="status">
              <Icon name={o.doing === 'writing' ? 'pen' : 'eye'} size={14} /> {t(o.doing === 'writing' ? 'record.writing' : 'record.viewing', { name: o.name })}
            </span>
          ))}
          {near && (
            <span className="near" role="group" aria-label={t('near.list')}>
              <IconButton icon="up" className="tiny" label={t('near.prev')} disabled={!near.prev} onClick={() => visit(near.prev)} />
              <span className="num small">{t('near.place', { n: near.n, total: near.total })}</span>
              <IconButton icon="down" className="tiny" label={t('near.next')} disabled={!near.next} onClick={() => visit(near.next)} />
            </span>
          )}
          {!at && <Watch kind={k} rec={now} id={id} />}
          <IconButton icon="past" className="tiny" label={t('past.open')} aria-pressed={slider || Boolean(at)} onClick={() => setSlider(s => !s)} />
          <Menu
            label={t('record.more')}
            align="end"
            target={<IconButton icon="more" className="tiny" label={t('record.more')} />}
            items={[
              ...(number ? [{ key: 'number', label: t('record.copy.number'), onPick: () => copy(number) }] : []),
              { key: 'link', label: t('record.copy.link'), onPick: () => copy(address) },
              { key: 'both', label: t('record.copy.both'), onPick: () => copy(`[${number ? `${number} ` : ''}${title}](${address})`) },
              { key: 'print', label: t('record.print'), onPick: () => setTimeout(() => print(), 50) },
            ]}
          />
          {canBeMajor(book, k) && isMajor(rec) && (
            <Link to="/$plural/$key/room" params={{ plural: k.plural, key: id }} className="btn mini">
              <Icon name="warn" size={14} /> {t('room.open')}
            </Link>
          )}
          {priority && !isEmpty(rec['priority']) && <Show kind={k} field={priority} value={rec['priority']} />}
          {typeof due === 'string' && !final && <Left at={due} />}
        </div>
        {titleField ? (
          <InlineField kind={k} field={titleField} rec={rec} save={save} open={!final} edit={{ on: editTitle, set: setEditTitle }} show={<h1 lang={langOf(title)} className={differs?.has(titleField.name) ? 'differs' : ''}>{title}</h1>} />
        ) : (
          <h1>{title}</h1>
        )}
        {titleField && differs?.has(titleField.name) && (
          <small className="isnow">
            {t('past.is', { value: '' })}
            <span lang={langOf(now[titleField.name])}>{String(now[titleField.name] ?? '')}</span>
          </small>
        )}
        {k.life && !missing && <Rail kind={k} rec={rec} history={at ? history?.filter(s => s.at <= at) : history} onMove={m => moves.start(m)} menu={menu} onMenu={setMenu} />}
        {(slider || at) && (
          <AsOf
            kind={k}
            history={history ?? []}
            at={at}
            differs={differs?.size ?? 0}
            missing={missing}
            onAt={goto}
            onClose={() => {
              setSlider(false);
              if (at) goto(undefined);
            }}
          />
        )}
      </header>
      <div className={`rec ${at ? 'past' : ''}`}>
        <div className="recmain" tabIndex={0} role="region" aria-label={t('record.details')}>
          {!missing && <Details kind={k} rec={rec} save={save} final={final} {...(differs ? { now, differs } : {})} />}
          {!at && (
            <>
              {askedSection(book, k) && (
                <Suspense fallback={null}>
                  <Asked kind={k} rec={rec} final={final} />
                </Suspense>
              )}
              {book.field(k, 'due_at') && <Clocks kind={k} rec={rec} id={id} />}
              <Parts kind={k} rec={rec} id={id} />
              <Related kind={k} rec={rec} id={id} />
              <Files kind={k} rec={rec} id={id} />
              <Similar kind={k} rec={rec} id={id} />
            </>
          )}
          {!missing && <p className="recfoot">
            {label(book.field(k, 'created_at')?.label)} <Ago at={rec.created_at} /> · <Person id={rec['created_by'] as string | undefined} />
            {rec.version > 1 && (
              <>
                {' '}
                — {label(book.field(k, 'updated_at')?.label)} <Ago at={rec.updated_at} /> · <Person id={rec['updated_by'] as string | undefined} />
              </>
            )}
          </p>}
        </div>
        <aside className="recside" aria-label={t('record.side')}>
          <div className="actscroll" tabIndex={0} role="region" aria-label={t('record.activity')}>
            <Activity kind={k} id={id} of={now.id} until={at} />
          </div>
          {!at && <Composer kind={k} rec={rec} id={id} onWriting={presence.writing} onMove={moves.start} />}
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

// Both shows a long text in each of its languages.
const Both = ({ words }: { words: Value }) => (
  <div className="both">
    {Object.entries((words ?? {}) as Record<string, string>).map(([l, text]) => (
      <div key={l} lang={l}>
        <span className="chip">{l}</span>
        <Prose text={text} />
      </div>
    ))}
  </div>
);

// differs are the fields that are otherwise now, where the record is shown as it was.
type DetailsProps = { kind: Kind; rec: Rec; save: ReturnType<typeof useSave>; final: boolean; now?: Rec; differs?: Set<string> };

const Details = ({ kind: k, rec, save, final, now, differs }: DetailsProps) => {
  const { t, label } = useSay();
  const book = useBook();
  const [all, setAll] = useState(false);
  const description = k.fields.find(f => f.type === 'rich_text' && f.section === 'main' && f.name in rec);
  const asked = askedSection(book, k); // told in a part of its own
  const fields = k.fields.filter(f => f.name in rec && !own.has(f.name) && f.name !== k.title && f !== description && !k.fields.some(g => g.of === f.name) && !(f.section === asked && (f.derived || f.type === 'json')));
  const usual = new Set(k.list);
  const isNow = (f: Field) =>
    differs?.has(f.name) && (
      <small className="isnow">
        {t('past.is', { value: '' })}
        {isEmpty(now?.[f.name]) ? t('app.none') : <Show kind={k} field={f} value={now?.[f.name]} link={false} />}
      </small>
    );
  const hidden = fields.filter(f => !differs?.has(f.name) && quiet(f, rec[f.name]) && !usual.has(f.name) && !(f.required && rec.can.fields.includes(f.name)));
  const shown = all ? fields : fields.filter(f => !hidden.includes(f));
  return (
    <>
      {description && (
        <section className="sect">
          <h2>{label(description.label)}</h2>
          <div className={`pad ${differs?.has(description.name) ? 'differs' : ''}`}>
            <InlineField kind={k} field={description} rec={rec} save={save} open={!final} show={<Prose text={rec[description.name]} />} />
            {isNow(description)}
          </div>
        </section>
      )}
      <div className="sect groups">
      {sectionsOf(shown).map(s => (
        <section key={s.name}>
          <h2>{label(book.wire.sections[s.name])}</h2>
          <dl className="facts two">
            {s.fields.map(f => (
              <div key={f.name} className={`${isLong(f) || f.type === 'json' ? 'wide' : ''} ${differs?.has(f.name) ? 'differs' : ''}`}>
                <dt>
                  {label(f.label)}
                  {f.internal && <span className="inmark" title={t('files.internal')}> ●<span className="sr"> ({t('files.internal')})</span></span>}
                </dt>
                <dd>
                  <InlineField kind={k} field={f} rec={rec} save={save} open={!final} {...(f.of ? { show: <Name kind={String(rec[f.of])} id={String(rec[f.name])} /> } : {})} {...(isLong(f) && !isEmpty(rec[f.name]) ? { show: f.type === 'words' ? <Both words={rec[f.name]} /> : <Prose text={rec[f.name]} /> } : {})} />
                  {isNow(f)}
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
