// The desk: the console of those who work in it. Whoever lives in the portal is led there.
import { Navigate, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { reachable } from '../api/client';
import type { Book } from '../book';
import { useSay } from '../i18n';
import { useStore } from '../store';
import { Note } from '../ui/Button';
import { creating, paletteOpen, sheetOpen } from './open';
import { livesInPortal, portalPath } from './home';
import { SideBar } from './SideBar';
import { SignedIn } from './SignedIn';
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

// ToPortal leads on once: while the portal loads, the address is already there.
const ToPortal = ({ book }: { book: Book }) => {
  const here = useRouterState({ select: s => s.location.pathname });
  const [to] = useState(() => portalPath(book, here));
  return <Navigate to={to} replace />;
};

export const Desk = () => {
  const { t } = useSay();
  const online = useStore(reachable);
  return (
    <SignedIn>
      {(me, book) =>
        livesInPortal(me) ? (
          <ToPortal book={book} />
        ) : (
          <>
            <div className="shell">
              <TopBar me={me} />
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
          </>
        )
      }
    </SignedIn>
  );
};
