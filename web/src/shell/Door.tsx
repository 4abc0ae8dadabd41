// The way in: signing in, and the one-time link that sets an account up.
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { post, signedOut } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { client } from '../api/queries';
import type { Me } from '../api/types';
import { useSay } from '../i18n';
import { setPrefs } from '../prefs';
import { Button, Note } from '../ui/Button';
import { FieldRow } from '../ui/Field';
import { Logo } from './Logo';

const Card = ({ title, lead, children }: { title: string; lead: string; children: ReactNode }) => {
  const { t, lang } = useSay();
  useEffect(() => {
    document.title = `${title} · Maru`;
  }, [title]);
  return (
    <div className="door">
      <main id="main" className="doorcard" tabIndex={-1}>
        <div className="doorbrand">
          <Logo size={30} />
          <strong>Maru</strong>
        </div>
        <h1>{title}</h1>
        <p className="dim">{lead}</p>
        {children}
      </main>
      <button type="button" className="linkbtn doorlang" lang={lang === 'ko' ? 'en' : 'ko'} onClick={() => setPrefs({ lang: lang === 'ko' ? 'en' : 'ko' })}>
        {t('top.lang')}
      </button>
    </div>
  );
};

// own keeps a return address on this site.
const own = (next: string | undefined): string => (next && /^\/(?![/\\])/.test(next) && !next.startsWith('/signin') ? next : '/my');

const useEnter = () => {
  const router = useRouter();
  return (me: Me, next: string): void => {
    client.clear();
    client.setQueryData(['me'], me);
    signedOut.set(false);
    router.history.push(next);
  };
};

// values reads a form from the page itself: what an input method has just finished is there, and not yet in any state.
const values = (e: FormEvent<HTMLFormElement>): Record<string, string> => Object.fromEntries([...new FormData(e.currentTarget)].map(([k, v]) => [k, String(v)]));

export const SignIn = () => {
  const { t } = useSay();
  const { next } = useSearch({ from: '/signin' });
  const enter = useEnter();
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const submit = async (e: FormEvent<HTMLFormElement>): Promise<void> => {
    e.preventDefault();
    if (busy) return;
    const v = values(e);
    setBusy(true);
    try {
      enter(await post<Me>('/session', { email: v['email'], password: v['password'] }), own(next));
    } catch (err) {
      setFault(faultOf(err));
      password.current?.select();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={t('sign.title')} lead={t('sign.lead')}>
      {next && !fault && <Note>{t('sign.expired')}</Note>}
      <form onSubmit={e => void submit(e)} className="form">
        <FieldRow label={t('sign.email')}>{ids => <input className="inp" id={ids.id} name="email" type="email" autoComplete="username" required autoFocus />}</FieldRow>
        <FieldRow label={t('sign.password')}>{ids => <input className="inp" id={ids.id} ref={password} name="password" type="password" autoComplete="current-password" required />}</FieldRow>
        {fault && (
          <Note tone="bad" role="alert">
            {fault.offline ? t('state.offline') : fault.message}
          </Note>
        )}
        <Button look="primary" type="submit" busy={busy} className="wide">
          {t('sign.submit')}
        </Button>
      </form>
      <p className="dim small">{t('sign.help')}</p>
    </Card>
  );
};

export const SetUp = () => {
  const { t } = useSay();
  const { link } = useSearch({ from: '/setup' });
  const navigate = useNavigate();
  const enter = useEnter();
  const [fault, setFault] = useState<Fault | null>(null);
  const [differs, setDiffers] = useState(false);
  const [busy, setBusy] = useState(false);
  const submit = async (e: FormEvent<HTMLFormElement>): Promise<void> => {
    e.preventDefault();
    if (busy) return;
    const v = values(e);
    setDiffers(v['password'] !== v['again']);
    if (v['password'] !== v['again']) return;
    setBusy(true);
    try {
      enter(await post<Me>('/setup', { link, email: v['email'], name: v['name'], password: v['password'] }), '/my');
    } catch (err) {
      setFault(faultOf(err));
    } finally {
      setBusy(false);
    }
  };
  if (!link)
    return (
      <Card title={t('setup.title')} lead={t('setup.lead')}>
        <Note tone="bad" role="alert">
          {t('setup.nolink')}
        </Note>
        <Button onClick={() => void navigate({ to: '/signin', search: {} })}>{t('sign.title')}</Button>
      </Card>
    );
  return (
    <Card title={t('setup.title')} lead={t('setup.lead')}>
      <form onSubmit={e => void submit(e)} className="form">
        <p className="small dim">{t('setup.first')}</p>
        <FieldRow label={t('sign.email')} error={fault?.of('email')}>
          {ids => <input className="inp" id={ids.id} name="email" type="email" autoComplete="username" aria-describedby={ids.describedBy} aria-invalid={ids.invalid} />}
        </FieldRow>
        <FieldRow label={t('setup.name')} error={fault?.of('name')}>
          {ids => <input className="inp" id={ids.id} name="name" autoComplete="name" aria-describedby={ids.describedBy} aria-invalid={ids.invalid} />}
        </FieldRow>
        <FieldRow label={t('setup.password')} required error={fault?.of('password')} help={t('setup.rule')}>
          {ids => <input className="inp" id={ids.id} name="password" type="password" autoComplete="new-password" required aria-describedby={ids.describedBy} aria-invalid={ids.invalid} />}
        </FieldRow>
        <FieldRow label={t('setup.again')} required error={differs ? t('setup.differs') : undefined}>
          {ids => <input className="inp" id={ids.id} name="again" type="password" autoComplete="new-password" required aria-describedby={ids.describedBy} aria-invalid={ids.invalid} />}
        </FieldRow>
        {fault && fault.fields.length === 0 && (
          <Note tone="bad" role="alert">
            {fault.message}
          </Note>
        )}
        <Button look="primary" type="submit" busy={busy} className="wide">
          {t('setup.submit')}
        </Button>
      </form>
    </Card>
  );
};
