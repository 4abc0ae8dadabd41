import { useSay } from '../i18n';
import { Store, useStore } from '../store';
import { Icon } from './Icon';

type Toast = { id: number; text: string; tone: 'good' | 'bad'; action?: { label: string; run: () => void } };

const toasts = new Store<Toast[]>([]);
let next = 1;

// toast says briefly that something was done, or why not. What must not be missed does not belong here.
export const toast = (text: string, tone: Toast['tone'] = 'good', action?: Toast['action']): void => {
  const id = next++;
  toasts.set([...toasts.get().slice(-3), { id, text, tone, ...(action ? { action } : {}) }]);
  setTimeout(() => drop(id), action || tone === 'bad' ? 10_000 : 4_000);
};
const drop = (id: number): void => toasts.set(toasts.get().filter(t => t.id !== id));

export const Toasts = () => {
  const list = useStore(toasts);
  const { t } = useSay();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map(x => (
        <div key={x.id} className={`toast ${x.tone}`}>
          <Icon name={x.tone === 'good' ? 'check' : 'warn'} />
          <span>{x.text}</span>
          {x.action && (
            <button
              type="button"
              className="linkbtn"
              onClick={() => {
                x.action?.run();
                drop(x.id);
              }}
            >
              {x.action.label}
            </button>
          )}
          <button type="button" className="ib small" aria-label={t('app.close')} onClick={() => drop(x.id)}>
            <Icon name="close" size={12} />
          </button>
        </div>
      ))}
    </div>
  );
};
