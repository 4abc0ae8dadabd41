import { useSay } from '../i18n';
import { bindings, type Scope } from '../keys';
import { useStore } from '../store';
import { Kbd } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { sheetOpen } from './open';

const scopes: Scope[] = ['everywhere', 'list', 'record'];

// KeySheet lists the keys that work on the screen as it is.
export const KeySheet = () => {
  const { t } = useSay();
  const open = useStore(sheetOpen);
  const all = useStore(bindings).filter(b => !b.hidden);
  return (
    <Dialog open={open} onClose={() => sheetOpen.set(false)} title={t('keys.title')} size={720}>
      <p className="dim small">{t('keys.lead')}</p>
      <div className="keysheet">
        {scopes
          .filter(s => all.some(b => b.scope === s))
          .map(s => (
            <section key={s}>
              <h3>{t(`keys.${s}`)}</h3>
              <dl>
                {all
                  .filter((b, i, list) => b.scope === s && list.findIndex(x => x.keys === b.keys && x.scope === s) === i)
                  .map(b => (
                    <div key={b.keys}>
                      <dt>{b.label}</dt>
                      <dd>
                        {b.keys.split(' ').map((k, i) => (
                          <span key={k}>
                            {i > 0 && <small> {t('keys.then')} </small>}
                            <Kbd keys={k} />
                          </span>
                        ))}
                      </dd>
                    </div>
                  ))}
              </dl>
            </section>
          ))}
      </div>
    </Dialog>
  );
};
