import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { find } from '../api/queries';
import type { Found, Kind } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { StateMark } from '../ui/marks';

// Similar warns, while a title is typed, of records that may already say the same.
export const Similar = ({ kind, title }: { kind: Kind; title: string }) => {
  const { t } = useSay();
  const book = useBook();
  const [found, setFound] = useState<Found[]>([]);
  useEffect(() => {
    const q = title.trim();
    if (q.length < 5) {
      setFound([]);
      return;
    }
    const stop = new AbortController();
    const wait = setTimeout(() => {
      find(q, [kind.name], 3, stop.signal).then(setFound, () => undefined);
    }, 350);
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  }, [kind, title]);
  return (
    <div role="status" className="similar">
      {found.length > 0 && (
        <>
          <p className="small dim">{t('create.similar')}</p>
          <ul>
            {found.map(f => (
              <li key={f.id}>
                <Link to="/$plural/$key" params={{ plural: kind.plural, key: book.key(f) }} target="_blank">
                  <span className="idl num">{f.number}</span> <span lang={langOf(f.title)}>{f.title}</span>
                </Link>
                {f.state && <StateMark kind={kind} state={f.state} />}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
};
