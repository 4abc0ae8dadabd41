// One record in the portal: a request with its conversation, or anything else to read.
import { Link, useParams } from '@tanstack/react-router';
import { useAttachments, useComments, useHistory, useLinks, useRecord } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { called, useBook } from '../book';
import { Ago, isEmpty, Name, Show } from '../fields/Show';
import { useSay, type Label } from '../i18n';
import { useSeen } from '../inbox/seen';
import { Said } from '../record/Said';
import { langOf } from '../text';
import { isRequest, requests } from './ask';
import { DeedButton, useDeeds } from './Deeds';
import { Back, Oops, Page, Wait } from './Page';
import { Reply } from './Reply';
import { Thread } from './Thread';
import { Named } from './Named';
import { asksMe, toneOf, useStepWord, way } from './words';

export const OnePage = () => {
  const { plural, key } = useParams({ from: '/portal/$plural/$key' });
  const k = useBook().plurals.get(plural);
  return k ? <Loader key={`${k.name}/${key}`} kind={k} id={key} /> : <Oops />;
};

const Loader = ({ kind: k, id }: { kind: Kind; id: string }) => {
  const rec = useRecord(k, id);
  useSeen(rec.data?.id ?? '');
  if (rec.error && !rec.data) return <Oops error={rec.error} retry={() => void rec.refetch()} />;
  if (!rec.data) return <Wait />;
  return isRequest(k) ? <Request kind={k} id={id} rec={rec.data} /> : <Reading kind={k} rec={rec.data} />;
};

const Request = ({ kind: k, id, rec }: { kind: Kind; id: string; rec: Rec }) => {
  const { t, label } = useSay();
  const book = useBook();
  const d = useDeeds(k, rec);
  const comments = useComments(k, id);
  const history = useHistory(k, id);
  const files = useAttachments(k, id);
  const title = (called(k, rec) || label(k.label));
  const answers = d.all.filter(x => x.meaning !== 'cancel');
  const withdraw = d.all.filter(x => x.meaning === 'cancel');
  return (
    <Page title={rec.number ? `${rec.number} ${title}` : title} className="prequest">
      <Back to="/portal/requests">{t('portal.mine')}</Back>
      <h1 lang={langOf(title)}>{title}</h1>
      <p className="pmeta dim">
        <span className="num">{rec.number}</span>
        <Ago at={rec.created_at} />
        {!isEmpty(rec['service']) && <Name kind={book.field(k, 'service')?.to ?? ''} id={String(rec['service'])} link={false} />}
      </p>
      <Way kind={k} rec={rec} />
      <div className={`pnext ${asksMe(k, rec) ? 'asks' : toneOf(k, rec)}`}>
        <p role="status">
          <Next kind={k} rec={rec} />
        </p>
        {answers.length > 0 && (
          <div className="pacts">
            {answers.map(x => (
              <DeedButton key={x.move.name} deed={x} onStart={d.start} busy={d.busy} />
            ))}
          </div>
        )}
      </div>
      <Solution kind={k} rec={rec} />
      <Thread kind={k} rec={rec} comments={comments.data ?? []} history={history.data ?? []} files={files.data ?? []} loading={comments.isPending || history.isPending} />
      <Followed kind={k} id={id} />
      <Reply kind={k} rec={rec} id={id} />
      {withdraw.length > 0 && (
        <p className="pwithdraw">
          {withdraw.map(x => (
            <DeedButton key={x.move.name} deed={x} onStart={d.start} busy={d.busy} />
          ))}
        </p>
      )}
      {d.dialog}
    </Page>
  );
};

const Way = ({ kind: k, rec }: { kind: Kind; rec: Rec }) => {
  const { t } = useSay();
  const word = useStepWord();
  const steps = way(k, rec);
  const at = steps.indexOf(toneOf(k, rec));
  return (
    <ol className="pway" aria-label={t('record.life')}>
      {steps.map((s, i) => (
        <li key={s} className={i < at ? 'past' : i === at ? `now ${s}` : ''} aria-current={i === at ? 'step' : undefined}>
          <span>{word(k, rec, s)}</span>
          {i < at && <span className="sr"> ({t('record.state.past')})</span>}
        </li>
      ))}
    </ol>
  );
};

// Next says in one sentence what happens now, and until when.
const Next = ({ kind: k, rec }: { kind: Kind; rec: Rec }) => {
  const { t, label, time } = useSay();
  const book = useBook();
  const at = (name: string): string | undefined => (typeof rec[name] === 'string' ? time(rec[name]) : undefined);
  const step = toneOf(k, rec);
  const hold = book.field(k, 'hold_reason')?.choices?.find(c => c.code === rec['hold_reason']);
  const [due, until] = [at('due_at'), at('follow_up_at')];
  switch (step) {
    case 'open':
      return `${t('portal.next.open')} ${due ? t('portal.next.due', { at: due }) : ''}`;
    case 'active':
      return (
        <>
          {isEmpty(rec['assignee']) ? t('portal.next.team') : <Named id={String(rec['assignee'])} say="portal.next.active" />}{' '}
          {due && t('portal.next.due', { at: due })}
        </>
      );
    case 'paused':
      if (asksMe(k, rec)) return until ? t('portal.next.asked.until', { at: until }) : t('portal.next.asked');
      return `${t('portal.next.paused', { why: label(hold?.label) || t('portal.step.paused') })} ${until ? t('portal.next.again', { at: until }) : ''}`;
    case 'done':
      return t(rec.can.moves.length ? 'portal.next.done' : 'portal.next.done.other');
    case 'closed':
      return t('portal.next.closed');
  }
};

const Solution = ({ kind: k, rec }: { kind: Kind; rec: Rec }) => {
  const { label } = useSay();
  const f = useBook().field(k, 'resolution_notes');
  const text = rec['resolution_notes'];
  if (!f || typeof text !== 'string' || !text) return null;
  return (
    <section className="psolution">
      <h2>{label(f.label)}</h2>
      <p className="prose" lang={langOf(text)}>
        <Said text={text} />
      </p>
    </section>
  );
};

// Followed leads to requests that came of this one, such as by a reply after its end.
const Followed = ({ kind: k, id }: { kind: Kind; id: string }) => {
  const { label } = useSay();
  const book = useBook();
  const names = new Set(requests(book).map(x => x.name));
  const links = (useLinks(k, id).data ?? []).filter(l => names.has(l.record.kind) && l.record.number);
  if (!links.length) return null;
  return (
    <ul className="pfollowed">
      {links.map(l => {
        const type = k.links.find(x => x.name === l.type);
        return (
          <li key={l.id}>
            <span className="dim">{label(l.reverse ? type?.reverse : type?.label)}</span>{' '}
            <Link to="/portal/$plural/$key" params={{ plural: book.kinds.get(l.record.kind)?.plural ?? '', key: l.record.number }}>
              <span className="num">{l.record.number}</span> {l.record.title}
            </Link>
          </li>
        );
      })}
    </ul>
  );
};

const plain = new Set(['id', 'number', 'version', 'state', 'created_by', 'updated_by']);

// Reading is the page of whatever is no request: an article, a service, an outage.
const Reading = ({ kind: k, rec }: { kind: Kind; rec: Rec }) => {
  const { t, label } = useSay();
  const book = useBook();
  const d = useDeeds(k, rec);
  const text = (v: unknown): string => (typeof v === 'string' ? v : v && typeof v === 'object' ? label(v as Label) : '');
  const title = called(k, rec) || label(k.label);
  const long = k.fields.filter(f => (f.type === 'rich_text' || f.type === 'words') && f.name !== k.title && text(rec[f.name]));
  const facts = k.fields.filter(f => f.name in rec && !plain.has(f.name) && f.name !== k.title && !long.includes(f) && !isEmpty(rec[f.name]) && f.type !== 'json');
  const about = requests(book).find(r => r.can_create && r.fields.some(f => f.on_create && f.name === 'service' && f.to === k.name));
  return (
    <Page title={title}>
      <Back to="/portal">{t('portal.home')}</Back>
      <p className="dim">{label(k.label)}</p>
      <h1 lang={langOf(title)}>{title}</h1>
      {long.map(f => (
        <p key={f.name} className="prose" lang={langOf(text(rec[f.name]))}>
          <Said text={text(rec[f.name])} />
        </p>
      ))}
      <dl className="pfacts">
        {k.life && rec.state && (
          <div>
            <dt>{label(book.field(k, 'state')?.label)}</dt>
            <dd>{label(k.life.states.find(s => s.name === rec.state)?.label)}</dd>
          </div>
        )}
        {facts.map(f => (
          <div key={f.name}>
            <dt>{label(f.label)}</dt>
            <dd>
              <Show kind={k} field={f} value={rec[f.name]} link={false} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="pacts">
        {d.all.map(x => (
          <DeedButton key={x.move.name} deed={x} onStart={d.start} busy={d.busy} />
        ))}
        {about && (
          <Link to="/portal/new/$plural" params={{ plural: about.plural }} search={{ service: rec.id }} className="btn primary pbig">
            {t('portal.report')}
          </Link>
        )}
      </p>
      {d.dialog}
    </Page>
  );
};
