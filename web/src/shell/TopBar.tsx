import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { connected } from '../api/live';
import { call, signedOut } from '../api/client';
import type { Me } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { catchTyping, useKeys } from '../keys';
import { setPrefs, usePrefs, type Density, type Theme } from '../prefs';
import { useStore } from '../store';
import { Button, IconButton, Kbd } from '../ui/Button';
import { Icon, type IconName } from '../ui/Icon';
import { Avatar } from '../ui/marks';
import { Menu } from '../ui/Menu';
import { Bell } from './Bell';
import { Logo } from './Logo';
import { creating, paletteOpen, sheetOpen } from './open';

export const themes: { name: Theme; icon: IconName }[] = [
  { name: 'light', icon: 'sun' },
  { name: 'dark', icon: 'moon' },
  { name: 'system', icon: 'screen' },
];
export const densities: Density[] = ['compact', 'normal', 'cosy'];

// openPalette catches what a quick hand types before the palette is there.
const openPalette = (open: boolean): void => {
  if (open) catchTyping();
  paletteOpen.set(open);
};

export const signOut = async (): Promise<void> => {
  await call('DELETE', '/session').catch(() => undefined);
  signedOut.set(true);
};

// Live shows, only when something is wrong for longer than a blink, that changes do not arrive.
const Live = () => {
  const { t } = useSay();
  const up = useStore(connected);
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (up) return;
    const wait = setTimeout(() => setLate(true), 4000);
    return () => clearTimeout(wait);
  }, [up]);
  return late ? (
    <span className="stale" role="status" title={t('top.stale')}>
      <Icon name="warn" />
      <span className="sr">{t('top.stale')}</span>
    </span>
  ) : null;
};

export const TopBar = ({ me }: { me: Me }) => {
  const { t, lang, label } = useSay();
  const book = useBook();
  const p = usePrefs();
  const navigate = useNavigate();
  useKeys([
    { keys: 'mod+k', label: t('keys.palette'), scope: 'everywhere', typing: true, run: () => openPalette(!paletteOpen.get()) },
    { keys: '?', label: t('keys.help'), scope: 'everywhere', run: () => sheetOpen.set(true) },
    { keys: 'c', label: t('keys.create'), scope: 'everywhere', run: () => creating.set('any') },
    { keys: 'g m', label: t('keys.goto', { name: t('side.mywork') }), scope: 'everywhere', run: () => void navigate({ to: '/my' }) },
  ]);
  return (
    <header className="top">
      <a className="brand" href="/my" onClick={e => { if (!e.metaKey && !e.ctrlKey) { e.preventDefault(); void navigate({ to: '/my' }); } }}>
        <Logo />
        <span>Maru</span>
      </a>
      <button type="button" className="searchbtn" onClick={() => openPalette(true)}>
        <Icon name="search" />
        <span>{t('top.search')}</span>
        <Kbd keys="mod+k" />
      </button>
      <span className="grow" />
      <Live />
      <Button look="primary" icon="plus" onClick={() => creating.set('any')} className="newbtn">
        <span>{t('top.new')}</span>
      </Button>
      <Bell />
      <button type="button" className="ib textual" lang={lang === 'ko' ? 'en' : 'ko'} onClick={() => setPrefs({ lang: lang === 'ko' ? 'en' : 'ko' })}>
        {t('top.lang')}
      </button>
      <Menu
        label={t('top.theme')}
        align="end"
        target={<IconButton icon={themes.find(x => x.name === p.theme)?.icon ?? 'screen'} label={t('top.theme')} />}
        items={themes.map(x => ({ label: t(`theme.${x.name}`), icon: <Icon name={x.icon} />, checked: p.theme === x.name, onPick: () => setPrefs({ theme: x.name }) }))}
      />
      <Menu
        label={t('top.menu')}
        align="end"
        width={230}
        target={
          <button type="button" className="mebtn" title={t('top.menu')}>
            <Avatar name={me.name} />
            <span className="mename">{me.name}</span>
          </button>
        }
        items={[
          { title: t('top.density') },
          ...densities.map(d => ({ label: t(`density.${d}`), checked: p.density === d, onPick: () => setPrefs({ density: d }) })),
          'line',
          { label: t('top.keys'), icon: <Icon name="keyboard" />, end: <Kbd keys="?" />, onPick: () => sheetOpen.set(true) },
          { label: t('top.portal'), icon: <Icon name="home" />, onPick: () => void navigate({ to: '/portal', search: {} }) },
          { label: label(book.home('mute')?.process.label), icon: <Icon name="bell" />, onPick: () => void navigate({ to: '/my/notifications' }) },
          { label: label(book.kinds.get('api_token')?.label_plural), icon: <Icon name="gear" />, onPick: () => void navigate({ to: '/admin/tokens' }) },
          { label: t('top.api'), icon: <Icon name="book" />, onPick: () => void window.open('/docs', '_blank', 'noopener') },
          'line',
          { label: t('top.signout'), icon: <Icon name="out" />, onPick: () => void signOut() },
        ]}
      />
    </header>
  );
};
