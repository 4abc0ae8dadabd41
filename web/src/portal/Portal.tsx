// The portal: where everybody who is no agent lives. A narrow bar, one column, plain words.
import './portal.css';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { reachable } from '../api/client';
import { on } from '../api/live';
import { client } from '../api/queries';
import type { Me } from '../api/types';
import { useSay } from '../i18n';
import { setPrefs, usePrefs } from '../prefs';
import { livesInPortal } from '../shell/home';
import { Logo } from '../shell/Logo';
import { useAsked } from './ask';
import { SignedIn } from '../shell/SignedIn';
import { signOut, themes } from '../shell/TopBar';
import { useStore } from '../store';
import { Note } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Avatar } from '../ui/marks';
import { Menu } from '../ui/Menu';

// useFreshLists asks again for what the portal lists, shortly after something changed.
const useFreshLists = (): void => {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = on('change', () => {
      clearTimeout(timer);
      timer = setTimeout(() => void Promise.all([client.invalidateQueries({ queryKey: ['portal'] }), client.invalidateQueries({ queryKey: ['counts'] })]), 400);
    });
    return () => {
      clearTimeout(timer);
      off();
    };
  }, []);
};

const Shell = ({ me }: { me: Me }) => {
  const { t } = useSay();
  const online = useStore(reachable);
  useFreshLists();
  return (
    <div className="portal">
      <Bar me={me} />
      {!online && (
        <Note tone="warn" role="status">
          {t('state.offline')}. {t('state.offline.help')}
        </Note>
      )}
      <Outlet />
    </div>
  );
};

const Bar = ({ me }: { me: Me }) => {
  const { t, lang } = useSay();
  const p = usePrefs();
  return (
    <header className="pbar">
      <div className="pcol">
        <Link to="/portal" search={{}} className="pbrand" activeOptions={{ exact: true }}>
          <Logo />
          <span>Maru</span>
        </Link>
        <nav aria-label={t('top.nav')}>
          <Link to="/portal/requests" search={{}} className="pnav">
            {t('portal.mine')}
          </Link>
          <Asked />
        </nav>
        <span className="grow" />
        <button type="button" className="ib textual" lang={lang === 'ko' ? 'en' : 'ko'} onClick={() => setPrefs({ lang: lang === 'ko' ? 'en' : 'ko' })}>
          {t('top.lang')}
        </button>
        <Menu
          label={t('top.menu')}
          align="end"
          width={220}
          target={
            <button type="button" className="mebtn" title={t('top.menu')}>
              <Avatar name={me.name} />
              <span className="pme">{me.name}</span>
            </button>
          }
          items={[
            { title: t('top.theme') },
            ...themes.map(x => ({ label: t(`theme.${x.name}`), icon: <Icon name={x.icon} />, checked: p.theme === x.name, onPick: () => setPrefs({ theme: x.name }) })),
            'line' as const,
            // A page load of its own: the console's parts are not here.
            ...(livesInPortal(me) ? [] : [{ label: t('portal.console'), icon: <Icon name="work" />, onPick: () => location.assign('/my') }]),
            { label: t('top.signout'), icon: <Icon name="out" />, onPick: () => void signOut() },
          ]}
        />
      </div>
    </header>
  );
};

// Asked leads to what waits for one's decision; whoever is never asked need not know of it.
const Asked = () => {
  const { t, number } = useSay();
  const n = useAsked();
  const here = useRouterState({ select: s => s.location.pathname.startsWith('/portal/approvals') });
  return n || here ? (
    <Link to="/portal/approvals" search={{}} className="pnav">
      {t('side.approvals')} {n > 0 && <span className="pcount num">{number(n)}</span>}
    </Link>
  ) : null;
};

export const Portal = () => <SignedIn>{me => <Shell me={me} />}</SignedIn>;
