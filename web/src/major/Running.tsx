// What runs now and cannot wait: above one's own work, the rooms of major incidents.
import { Link } from '@tanstack/react-router';
import { useList } from '../api/queries';
import { called, useBook } from '../book';
import { Show } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { Icon } from '../ui/Icon';
import './major.css';
import { canBeMajor } from './major';

type View = ReturnType<ReturnType<typeof useBook>['viewed']>[number];
const fields = ['number', 'title', 'major', 'service', 'next_update_at'];

const Of = ({ view: v }: { view: View }) => {
  const { t } = useSay();
  const book = useBook();
  const list = useList({ kind: v.kind, filter: "major == 'confirmed' && " + v.filter, order: v.order, fields: fields.filter(n => book.field(v.kind, n)) });
  const rows = list.data?.pages[0]?.items ?? [];
  const major = book.field(v.kind, 'major');
  if (!rows.length || !major) return null;
  return (
    <ul className="running" aria-label={t('room.running')}>
      {rows.slice(0, 5).map(r => (
        <li key={r.id}>
          <Icon name="warn" />
          <span className="num">{r.number}</span>
          <b lang={langOf(called(v.kind, r))}>{called(v.kind, r)}</b>
          <span>
            <Show kind={v.kind} field={major} value={r['major']} />
          </span>
          <Link to="/$plural/$key/room" params={{ plural: v.kind.plural, key: book.key(r) }} className="btn mini">
            {t('room.open')}
          </Link>
        </li>
      ))}
    </ul>
  );
};

export const Running = () => {
  const book = useBook();
  return book.viewed('major').filter(v => canBeMajor(book, v.kind)).map(v => <Of key={v.kind.name} view={v} />);
};
