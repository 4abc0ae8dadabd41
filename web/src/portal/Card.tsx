// A request as a card: what it is about, how far it is, and whether somebody waits for an answer.
import { Link } from '@tanstack/react-router';
import type { Kind, Rec } from '../api/types';
import { called, useBook } from '../book';
import { Ago } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { DeedButton, useDeeds } from './Deeds';
import { asksMe, toneOf, useStepWord, way } from './words';

// Dots is the rail in small; the word beside it says the same.
export const Dots = ({ kind: k, rec }: { kind: Kind; rec: Rec }) => {
  const steps = way(k, rec);
  const at = steps.indexOf(toneOf(k, rec));
  return (
    <span className="pdots" aria-hidden="true">
      {steps.map((s, i) => (
        <i key={s} className={i < at ? 'past' : i === at ? `now ${s}` : ''} />
      ))}
    </span>
  );
};

export const Card = ({ kind: k, rec, ask = false }: { kind: Kind; rec: Rec; ask?: boolean }) => {
  const { t } = useSay();
  const book = useBook();
  const word = useStepWord();
  const d = useDeeds(k, rec);
  const title = called(k, rec);
  const mine = asksMe(k, rec);
  return (
    <li className={`pcard ${mine ? 'asks' : ''}`}>
      <Link to="/portal/$plural/$key" params={{ plural: k.plural, key: book.key(rec) }} className="pcardlink">
        <span className="ptitle" lang={langOf(title)}>
          {title}
        </span>
        <span className="pmeta">
          <span className={`pstep ${toneOf(k, rec)}`}>
            <Dots kind={k} rec={rec} /> {word(k, rec)}
          </span>
          <span className="dim">
            <span className="num">{rec.number}</span> · <Ago at={rec.updated_at} />
          </span>
        </span>
        {mine && <span className="pasks">{t('portal.asks')}</span>}
      </Link>
      {ask && d.all.some(x => x.meaning !== 'cancel') && (
        <div className="pcardend">
          <span>{t('portal.helped')}</span>
          {d.all.map(x => (
            <DeedButton key={x.move.name} deed={x} onStart={d.start} busy={d.busy} />
          ))}
        </div>
      )}
      {d.dialog}
    </li>
  );
};
