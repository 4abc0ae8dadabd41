import { useName } from '../api/names';
import { useSay, type Key } from '../i18n';

// Named is a sentence about a person, who may have to be asked for first.
export const Named = ({ id, say: key }: { id: string; say: Key }) => {
  const { t } = useSay();
  const who = useName('user', id);
  return <>{t(key, { name: who?.title ?? (who === null ? t('app.someone') : '…') })}</>;
};
