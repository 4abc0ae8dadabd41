// Somebody signed in, with the book and what happens live: what console and portal both stand on.
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useMemo, type ReactNode } from 'react';
import { signedOut } from '../api/client';
import { faultOf } from '../api/fault';
import { hangUp, listen, on, unread } from '../api/live';
import { forget } from '../api/names';
import { client, refresh, useBookWire, useMe } from '../api/queries';
import type { Me } from '../api/types';
import { Book, BookProvider } from '../book';
import { useStore } from '../store';
import { Failed, Loading } from './States';

// useLive keeps what is on the screen in step with what happens elsewhere.
const useLive = (signedIn: boolean): void => {
  useEffect(() => {
    if (!signedIn) return;
    listen();
    const counts: { timer?: ReturnType<typeof setTimeout> } = {};
    const offChange = on('change', c => {
      refresh(c.kind, [c.id, ...(c.number ? [c.number] : [])]);
      if (c.kind === 'custom_field') void client.invalidateQueries({ queryKey: ['book'] });
      void client.invalidateQueries({ queryKey: ['pick', c.kind] });
      clearTimeout(counts.timer); // a busy minute asks once
      counts.timer = setTimeout(() => void client.invalidateQueries({ queryKey: ['counts'] }), 1500);
    });
    const offMissed = on('missed', () => void client.invalidateQueries());
    return () => {
      offChange();
      offMissed();
      hangUp();
      unread.set(0);
    };
  }, [signedIn]);
};

const homes = new Set(['/', '/my', '/portal']);

export const SignedIn = ({ children }: { children: (me: Me, book: Book) => ReactNode }) => {
  const me = useMe();
  const out = useStore(signedOut);
  const wire = useBookWire(me.isSuccess);
  const book = useMemo(() => (wire.data ? new Book(wire.data) : null), [wire.data]);
  const navigate = useNavigate();
  const here = useRouterState({ select: s => s.location.href });
  const stranger = out || faultOf(me.error).status === 401;
  useLive(me.isSuccess && !out);
  useEffect(() => {
    if (!stranger) return;
    forget(); // what was asked before is thrown away by whoever comes in next
    void navigate({ to: '/signin', search: homes.has(here) ? {} : { next: here }, replace: true });
    // eslint-disable-next-line react/exhaustive-deps -- the address as it was when the sign-in ended
  }, [stranger]);
  if (stranger) return <Loading />;
  if (me.error || wire.error) return <Failed error={me.error ?? wire.error} retry={() => void client.refetchQueries()} />;
  if (!me.data || !book) return <Loading />;
  return <BookProvider value={book}>{children(me.data, book)}</BookProvider>;
};
