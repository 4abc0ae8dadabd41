// The bell: how much there is to read, live, and behind it the inbox, which loads when it is opened.
import { lazy, Suspense, useState } from 'react';
import { unread } from '../api/live';
import { useBook } from '../book';
import { need, useSay } from '../i18n';
import { useKeys } from '../keys';
import { useStore } from '../store';
import { Icon } from '../ui/Icon';
import { many } from './title';

const Panel = lazy(async () => ({ default: (await Promise.all([import('../inbox/Panel'), need('inbox')]))[0].Panel }));

export const Bell = ({ portal = false }: { portal?: boolean }) => {
  const { t, label } = useSay();
  const n = useStore(unread);
  const [open, setOpen] = useState(false);
  const name = label(useBook().home('mute')?.process.label);
  useKeys([{ keys: 'b', label: name, scope: 'everywhere', run: () => setOpen(!open) }]);
  const said = n ? t('top.unread', { name, n: many(n) }) : name;
  return (
    <span className="bellbox">
      <button type="button" className="ib bell" title={said} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="bell" />
        <span className="sr">{said}</span>
        {n > 0 && <b aria-hidden="true">{many(n)}</b>}
      </button>
      <Suspense fallback={null}>{open && <Panel portal={portal} name={name} onClose={() => setOpen(false)} />}</Suspense>
    </span>
  );
};
