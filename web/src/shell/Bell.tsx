// The bell: how much there is to read, live, and behind it the inbox, which loads when it is opened.
import { lazy, Suspense, useEffect, useState } from 'react';
import { post } from '../api/client';
import { unread } from '../api/live';
import { useBook } from '../book';
import { need, useSay } from '../i18n';
import { useKeys } from '../keys';
import { useStore } from '../store';
import { Icon } from '../ui/Icon';
import { Popover } from '../ui/Popover';
import { many } from './title';

const Panel = lazy(async () => ({ default: (await Promise.all([import('../inbox/Panel'), need('inbox')]))[0].Panel }));

export const Bell = ({ portal = false }: { portal?: boolean }) => {
  const { t, label } = useSay();
  const n = useStore(unread);
  const [open, setOpen] = useState(false);
  const name = label(useBook().home('mute')?.process.label);
  useKeys([{ keys: 'b', label: name, scope: 'everywhere', run: () => setOpen(!open) }]);
  const said = n ? t('top.unread', { name, n: many(n) }) : name;
  const close = (): void => setOpen(false);
  return (
    <Popover
      open={open}
      onClose={close}
      end
      label={name}
      width="min(440px, calc(100vw - 16px))"
      className="inbox"
      target={
        <button type="button" className="ib bell" title={said} aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name="bell" />
          <span className="sr">{said}</span>
          {n > 0 && <b aria-hidden="true">{many(n)}</b>}
        </button>
      }
    >
      <Suspense fallback={<p className="dim">{t('app.loading')}…</p>}>{open && <Panel portal={portal} onClose={close} />}</Suspense>
    </Popover>
  );
};

// kept are records that somebody marked unread by hand: looking at them does not undo it until they are left.
export const kept = new Set<string>();

// useSeen marks what one was told of a record as read while one looks at it.
export const useSeen = (id: string): void => {
  const n = useStore(unread);
  useEffect(() => {
    if (!n || !id || kept.has(id)) return;
    const see = (): void => {
      if (document.visibilityState === 'visible') void post('/notifications/read', { id }).catch(() => undefined);
    };
    see();
    document.addEventListener('visibilitychange', see, { once: true });
    return () => document.removeEventListener('visibilitychange', see);
  }, [id, n]);
  useEffect(() => () => void kept.delete(id), [id]);
};
