// The frame of a page in the portal, and the pages for when something is not there.
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { faultOf } from '../api/fault';
import { useSay, type Key } from '../i18n';
import { useTitle } from '../shell/title';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';

export const Page = ({ title, children, className = '' }: { title: string; children: ReactNode; className?: string }) => {
  const main = useRef<HTMLElement>(null);
  useTitle(title);
  useEffect(() => {
    scrollTo(0, 0);
    // What was pressed to come here is gone: whoever reads by ear begins at the top of the new page.
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, []);
  return (
    <main id="main" className={`pcol pmain ${className}`} tabIndex={-1} ref={main}>
      {children}
    </main>
  );
};

export const Back = ({ to, children }: { to: '/portal' | '/portal/requests' | '/portal/approvals'; children: ReactNode }) => (
  <Link to={to} search={{}} className="pback">
    <Icon name="left" size={14} /> {children}
  </Link>
);

// Oops says what is wrong and leads home.
export const Oops = ({ error, retry }: { error?: unknown; retry?: (() => void) | undefined }) => {
  const { t } = useSay();
  const f = error === undefined ? undefined : faultOf(error);
  const lost = !f || f.status === 404 || f.status === 403;
  const [title, help]: [Key, Key] = lost ? ['state.404', 'portal.lost'] : f.offline ? ['state.offline', 'state.offline.help'] : ['state.error', 'portal.error'];
  return (
    <Page title={t(title)}>
      <h1>{t(title)}</h1>
      <p>{t(help)}</p>
      {f?.errorId && (
        <p className="num">
          {t('state.errorid')}: <code>{f.errorId}</code>
        </p>
      )}
      <p className="pacts">
        {!lost && retry && (
          <Button look="primary" onClick={retry}>
            {t('app.retry')}
          </Button>
        )}
        <Link to="/portal" search={{}} className="btn plain">
          {t('portal.home')}
        </Link>
      </p>
    </Page>
  );
};

export const Wait = () => {
  const { t } = useSay();
  return (
    <main id="main" className="pcol pmain" aria-busy="true" tabIndex={-1}>
      <h1 className="sr">{t('app.loading')}</h1>
      <p className="dim" role="status">
        {t('app.loading')}…
      </p>
    </main>
  );
};
