// What is asked: the question, who asks and why, the record it is about as it stands, what changed
// since, and what the others said.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { nameOf, useNames } from '../api/names';
import { useMe, useRecord } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { called, useBook } from '../book';
import { Ago, Left, Person, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { Note } from '../ui/Button';
import { StateMark } from '../ui/marks';
import { evidenceOf, roundKind, stagesOf, useVotesOf, voteKind, type Evidence } from './data';
import { factsOf, proseOf, turned } from './facts';
import { For, useRule, Votes } from './Votes';

type Sub = 'h2' | 'h3'; // the level of what stands under the question

export const Matter = ({ vote: v, link = true, level: H = 'h2' }: { vote: Rec; link?: boolean; level?: 'h1' | 'h2' }) => {
  const Sub = H === 'h1' ? 'h2' : 'h3';
  const { t, label } = useSay();
  const book = useBook();
  const me = useMe().data;
  const seen = evidenceOf(v);
  const k = book.kinds.get(String(v['target_kind'] ?? ''));
  const mine = voteKind(book);
  const open = v.state === 'pending';
  const question = String(v['question'] ?? '');
  const asks = typeof v['asked_by'] === 'string' ? v['asked_by'] : undefined;
  return (
    <div className="matter">
      <H lang={langOf(question)} className="question">{question}</H>
      <p className="mattermeta">
        <span>{t('apr.asked')} <Person id={asks} /></span>
        <span className="dim"><Ago at={v.created_at} /></span>
        {open && typeof v['due_at'] === 'string' ? <Left at={v['due_at']} /> : mine && v.state && <StateMark kind={mine} state={v.state} />}
      </p>
      {open && typeof v['delegated_from'] === 'string' && v['delegated_from'] !== me?.id && <Note><For id={v['delegated_from']} /> {t('apr.for.help')}</Note>}
      {open && v['escalated_to'] === me?.id && <Note tone="warn">{t('apr.escalated.help')} <Person id={v['approver'] as string} /></Note>}
      {open && !v.can.moves.includes('approve') && <Note tone="warn">{t('apr.involved')}</Note>}
      <Why vote={v} />
      {k && seen && <Target kind={k} seen={seen} open={open} link={link} sub={Sub} />}
      {!k && <p className="about">{String(v['about'] ?? '')}</p>}
      <Others vote={v} sub={Sub} />
      {!open && typeof v['comment'] === 'string' && v['comment'] && (
        <section className="sect"><Sub>{label(mine?.fields.find(f => f.name === 'comment')?.label)}</Sub><p className="pad prose" lang={langOf(v['comment'])}>{v['comment']}</p></section>
      )}
    </div>
  );
};

const Why = ({ vote: v }: { vote: Rec }) => {
  const k = roundKind(useBook());
  return k ? <WhyOf kind={k} id={String(v['round'])} /> : null;
};
const WhyOf = ({ kind, id }: { kind: Kind; id: string }) => {
  const r = useRecord(kind, id).data;
  const why = r?.['why'];
  return typeof why === 'string' && why ? <div className="prose why" lang={langOf(why)}>{why}</div> : null;
};

const SHOWN = 8;

const Target = ({ kind: k, seen, open, link, sub: Sub }: { kind: Kind; seen: Evidence; open: boolean; link: boolean; sub: Sub }) => {
  const { t, label } = useSay();
  const book = useBook();
  const [all, setAll] = useState(false);
  const [whole, setWhole] = useState(false);
  useNames();
  const facts = factsOf(k, seen).filter(f => f.type !== 'reference' || nameOf(String(seen.fields[f.name])) !== null); // what they may not see has no name
  const prose = proseOf(k, seen);
  const title = (called(k, seen.fields) || seen.number);
  const head = (
    <>
      <span className="num idn">{seen.number}</span> <span lang={langOf(title)}>{title}</span>
    </>
  );
  return (
    <section className="sect target">
      <Sub>
        <span className="dim">{label(k.label)}</span> {link && open ? <Link to="/$plural/$key" params={{ plural: k.plural, key: seen.number || seen.id }} className="ref">{head}</Link> : head}
        {typeof seen.fields['state'] === 'string' && <StateMark kind={k} state={seen.fields['state']} />}
      </Sub>
      {open && <Turned kind={k} seen={seen} />}
      {prose && (
        <div className="pad">
          <div className={`prose ${whole ? '' : 'clip'}`} lang={langOf(prose)}>{prose}</div>
          {prose.length > 400 && <button type="button" className="linkbtn" aria-expanded={whole} onClick={() => setWhole(!whole)}>{t(whole ? 'apr.less' : 'apr.more')}</button>}
        </div>
      )}
      {facts.length > 0 && <dl className="facts two">
        {(all ? facts : facts.slice(0, SHOWN)).map(f => (
          <div key={f.name}>
            <dt>{label(book.field(k, f.name)?.label)}</dt>
            <dd><Show kind={k} field={f} value={seen.fields[f.name]} link={false} /></dd>
          </div>
        ))}
      </dl>}
      {facts.length > SHOWN && <p className="pad tight"><button type="button" className="linkbtn" aria-expanded={all} onClick={() => setAll(!all)}>{all ? t('apr.less') : t('apr.facts', { n: facts.length - SHOWN })}</button></p>}
      {!open && <p className="pad tight dim small">{t('apr.seen')} <Ago at={seen.seen_at} /></p>}
    </section>
  );
};

// Turned warns where the matter is no longer what was asked about.
const Turned = ({ kind: k, seen }: { kind: Kind; seen: Evidence }) => {
  const { t, label } = useSay();
  const now = useRecord(k, seen.number || seen.id).data;
  const list = now ? turned(k, seen, now) : [];
  if (!list.length) return null;
  return (
    <div className="pad tight">
      <Note tone="warn">
        {t('apr.turned')}
        <ul>
          {list.map(x => (
            <li key={x.field.name}>
              {label(x.field.label)}: <del><Show kind={k} field={x.field} value={x.was} link={false} /></del> → <Show kind={k} field={x.field} value={x.is} link={false} />
            </li>
          ))}
        </ul>
      </Note>
    </div>
  );
};

const Others = ({ vote: v, sub }: { vote: Rec; sub: Sub }) => {
  const k = roundKind(useBook());
  return k ? <OthersOf kind={k} vote={v} sub={sub} /> : null;
};
const OthersOf = ({ kind: k, vote: v, sub: Sub }: { kind: Kind; vote: Rec; sub: Sub }) => {
  const { t } = useSay();
  const rule = useRule();
  const votes = useVotesOf(String(v['round'] ?? '')).data ?? [];
  const round = useRecord(k, String(v['round'] ?? '')).data;
  const stages = stagesOf(round);
  if (!votes.length) return null;
  return (
    <section className="sect">
      <Sub>{t('apr.others')}</Sub>
      {stages.map((s, i) => {
        const of = votes.filter(x => Number(x['stage']) === i);
        return (
          <div key={i} className="stagevotes">{/* eslint-disable-line react/no-array-index-key -- stages in order */}
            {(stages.length > 1 || of.length > 1) && (
              <p className="dim small">
                {stages.length > 1 && <b>{s.name || t('apr.stage', { n: i + 1 })}</b>} {of.length > 0 ? rule(s, of.length) : t('apr.later')}
              </p>
            )}
            <Votes votes={of} mine={v.id} />
          </div>
        );
      })}
    </section>
  );
};
