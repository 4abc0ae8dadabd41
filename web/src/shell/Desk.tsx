// The desk: the console of somebody signed in. Below it everything has the book.
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { reachable, signedOut } from '../api/client';
import { faultOf } from '../api/fault';
import { hangUp, listen, on } from '../api/live';
import { forget } from '../api/names';
import { client, refresh, useBookWire, useMe } from '../api/queries';
import { Book, BookProvider } from '../book';
import { useSay } from '../i18n';
import { useStore } from '../store';
import { Note } from '../ui/Button';
import { creating, paletteOpen, sheetOpen } from './open';
import { SideBar } from './SideBar';
import { Failed, Loading } from './States';
import { TopBar } from './TopBar';

// What opens over the page comes after the first paint, before anybody can have asked for it.
const parts = { palette: () => import('./Palette'), sheet: () => import('./KeySheet'), quick: () => import('../create/Quick') };
const Palette = lazy(() => parts.palette().then(m => ({ default: m.Palette })));
const KeySheet = lazy(() => parts.sheet().then(m => ({ default: m.KeySheet })));
const Creating = lazy(() => parts.quick().then(m => ({ default: m.Creating })));

const Over = () => {
  const [palette, sheet, quick] = [useStore(paletteOpen), useStore(sheetOpen), useStore(creating)];
  useEffect(() => {
    const wait = setTimeout(() => void Promise.all([parts.palette(), parts.sheet(), parts.quick()]), 600);
    return () => clearTimeout(wait);
  }, []);
  return (
    <Suspense fallback={null}>
      {palette && <Palette />}
      {sheet && <KeySheet />}
      {quick && <Creating />}
    </Suspense>
  );
};

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
    };
  }, [signedIn]);
};

export const Desk = () => {
  const { t } = useSay();
  const me = useMe();
  const out = useStore(signedOut);
  const online = useStore(reachable);
  const wire = useBookWire(me.isSuccess);
  const book = useMemo(() => (wire.data ? new Book(wire.data) : null), [wire.data]);
  const navigate = useNavigate();
  const here = useRouterState({ select: s => s.location.href });
  const stranger = out || faultOf(me.error).status === 401;
  useLive(me.isSuccess && !out);
  useEffect(() => {
    if (!stranger) return;
    forget(); // what was asked before is thrown away by whoever comes in next
    void navigate({ to: '/signin', search: here === '/' || here === '/my' ? {} : { next: here }, replace: true });
    // eslint-disable-next-line react/exhaustive-deps -- the address as it was when the sign-in ended
  }, [stranger]);
  if (stranger) return <Loading />;
  if (me.error || wire.error) return <Failed error={me.error ?? wire.error} retry={() => void client.refetchQueries()} />;
  if (!me.data || !book) return <Loading />;
  return (
    <BookProvider value={book}>
      <div className="shell">
        <TopBar me={me.data} />
        <SideBar />
        <div className="main">
          {!online && (
            <Note tone="warn" role="status">
              {t('state.offline')}. {t('state.offline.help')}
            </Note>
          )}
          <Outlet />
        </div>
      </div>
      <Over />
    </BookProvider>
  );
};
