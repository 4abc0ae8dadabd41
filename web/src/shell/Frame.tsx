import { Outlet } from '@tanstack/react-router';
import { useSay } from '../i18n';

// Frame is around everything, signed in or not.
export const Frame = () => {
  const { t } = useSay();
  return (
    <>
      <a className="skip" href="#main">
        {t('app.skip')}
      </a>
      <Outlet />
    </>
  );
};
