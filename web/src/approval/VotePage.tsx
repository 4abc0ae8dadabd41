// The page of one approval in the console: the matter and the decision, with its history beside them.
import './approval.css';
import { Link } from '@tanstack/react-router';
import { refresh } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { called, useBook } from '../book';
import { useSay } from '../i18n';
import { Activity } from '../record/Activity';
import { useTitle } from '../shell/title';
import { StageMark } from '../ui/marks';
import { useFreshApprovals } from './data';
import { Decide } from './Decide';
import { Matter } from './Matter';

export const VotePage = ({ kind: k, id, rec }: { kind: Kind; id: string; rec: Rec }) => {
  const { t, label } = useSay();
  const book = useBook();
  const home = book.home(k.name);
  useFreshApprovals();
  useTitle(`${rec.number ?? ''} ${called(k, rec)}`);
  return (
    <main id="main" className="record" tabIndex={-1}>
      <header className="rechead">
        <div className="recline">
          <nav className="crumb" aria-label={label(home?.process.label)}>
            <StageMark stage={home?.stage.name ?? ''} /> <span>{label(home?.stage.label)}</span> <span aria-hidden="true">/</span>{' '}
            <Link to="/$plural" params={{ plural: k.plural }} search={{}}>{label(k.label_plural)}</Link> <span aria-hidden="true">/</span> <span className="num">{rec.number}</span>
          </nav>
        </div>
      </header>
      <div className="rec">
        <div className="votecol">
          <div className="aprscroll" tabIndex={0} role="region" aria-label={t('apr.matter')}>
            <Matter vote={rec} level="h1" />
          </div>
          {rec.state === 'pending' && <Decide votes={[rec]} keyed onDone={() => refresh(k.name, [id, rec.id])} />}
        </div>
        <aside className="recside" aria-label={t('record.side')}>
          <div className="actscroll" tabIndex={0} role="region" aria-label={t('record.activity')}>
            <Activity kind={k} id={id} of={rec.id} />
          </div>
        </aside>
      </div>
    </main>
  );
};
