import { useBook } from '../book';
import { Ago, Name } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { Icon } from '../ui/Icon';
import { useTroubles, type Trouble } from './ask';

// Troubles is there only when something is wrong: who meets it need not report it.
export const Troubles = () => {
  const { t } = useSay();
  const list = useTroubles(useBook()).data ?? [];
  if (!list.length) return null;
  return (
    <section className="ptroubles" aria-label={t('portal.troubles')}>
      <Icon name="warn" size={18} />
      <ul>
        {list.slice(0, 5).map(x => (
          <Line key={x.id} trouble={x} />
        ))}
      </ul>
    </section>
  );
};

const Line = ({ trouble: x }: { trouble: Trouble }) => {
  const { t, label, time } = useSay();
  const text = x.text ? label(x.text) : '';
  return (
    <li>
      {x.service ? (
        <>
          <b>
            <Name kind="service" id={x.service} link={false} />
          </b>{' '}
          {t('portal.down')}
        </>
      ) : (
        <span lang={langOf(text)}>{text}</span>
      )}{' '}
      <small>
        <Ago at={x.since} />
        {x.next && ` · ${t('portal.nextword', { at: time(x.next) })}`}
      </small>
    </li>
  );
};
