// Pages for when something is not there, not allowed, or not reachable: each says what can be done.
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { client } from '../api/queries';
import { faultOf } from '../api/fault';
import { useSay, type Key } from '../i18n';
import { Button } from '../ui/Button';
import { Empty } from '../ui/marks';
import type { IconName } from '../ui/Icon';

const StatePage = ({ title, help, icon, children }: { title: Key; help: Key; icon: IconName; children?: React.ReactNode }) => {
  const { t } = useSay();
  return (
    <main id="main" className="statepage" tabIndex={-1}>
      <h1 className="sr">{t(title)}</h1>
      <Empty title={t(title)} help={t(help)} icon={icon}>
        {children}
        <Link to="/my" className="btn plain">
          {t('state.home')}
        </Link>
      </Empty>
    </main>
  );
};

export const NotFound = () => <StatePage title="state.404" help="state.404.help" icon="search" />;

// Failed shows whatever went wrong, and the way on.
export const Failed = ({ error, retry }: { error: unknown; retry?: () => void }) => {
  const { t } = useSay();
  const f = faultOf(error);
  const again = retry ?? (() => location.reload());
  useEffect(() => {
    if (!f.offline) return;
    const go = (): void => void client.refetchQueries({ type: 'active' });
    addEventListener('online', go);
    return () => removeEventListener('online', go);
  }, [f.offline]);
  if (f.status === 404) return <NotFound />;
  if (f.status === 403) return <StatePage title="state.403" help="state.403.help" icon="eye" />;
  if (f.offline)
    return (
      <StatePage title="state.offline" help="state.offline.help" icon="warn">
        <Button look="primary" onClick={again}>
          {t('app.retry')}
        </Button>
      </StatePage>
    );
  return (
    <StatePage title="state.error" help="state.error.help" icon="warn">
      <p>{f.message}</p>
      {f.errorId && (
        <p className="num">
          {t('state.errorid')}: <code>{f.errorId}</code>
        </p>
      )}
      <Button look="primary" onClick={again}>
        {t('app.retry')}
      </Button>
    </StatePage>
  );
};

export const Loading = () => {
  const { t } = useSay();
  return (
    <main id="main" className="statepage" aria-busy="true" tabIndex={-1}>
      <h1 className="sr">{t('app.loading')}</h1>
      <p className="dim" role="status">
        {t('app.loading')}…
      </p>
    </main>
  );
};
