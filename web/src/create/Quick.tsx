// Quick create, from anywhere: a few fields, what may be the same already, and the full form one step away.
import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { useMe } from '../api/queries';
import type { Kind, Value } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { creating } from '../shell/open';
import { useStore } from '../store';
import { Button, Kbd, Note } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { StageMark } from '../ui/marks';
import { toast } from '../ui/toast';
import { FormFields } from './Fields';
import { byHand, quick } from './form';
import { Similar } from './Similar';
import { useCreate } from './useCreate';

// carried takes what is filled in from the short to the full form.
export const carried: { kind: string; values: Record<string, Value> } = { kind: '', values: {} };

export const Creating = () => {
  const what = useStore(creating);
  const book = useBook();
  const params = useParams({ strict: false });
  const { t } = useSay();
  const can = book.wire.kinds.filter(byHand);
  const here = params.plural ? book.plurals.get(params.plural) : undefined;
  // On a list, c makes one more of what is listed.
  const kind = what === 'any' ? (here && byHand(here) ? here : undefined) : what ? book.kinds.get(what) : undefined;
  const close = (): void => creating.set(null);
  if (!what) return null;
  if (!kind) return <Choose kinds={can} onClose={close} none={t('create.nothing')} />;
  return <QuickForm key={kind.name} kind={kind} onClose={close} />;
};

const Choose = ({ kinds, onClose, none }: { kinds: Kind[]; onClose: () => void; none: string }) => {
  const { t, label } = useSay();
  const book = useBook();
  const order = [...kinds].sort((a, b) => Number(a.config) - Number(b.config) || Number(!a.life) - Number(!b.life));
  useEffect(() => {
    setTimeout(() => document.querySelector<HTMLElement>('.choose button')?.focus(), 30);
  }, []);
  return (
    <Dialog open onClose={onClose} title={t('create.pick')} size={620}>
      {kinds.length === 0 && <p>{none}</p>}
      <div className="choose">
        {order.map(k => (
          <button key={k.name} type="button" onClick={() => creating.set(k.name)}>
            <StageMark stage={book.home(k.name)?.stage.name ?? ''} />
            <span>{label(k.label)}</span>
          </button>
        ))}
      </div>
    </Dialog>
  );
};

const QuickForm = ({ kind: k, onClose }: { kind: Kind; onClose: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const me = useMe().data;
  const navigate = useNavigate();
  const start = useMemo(() => {
    const f = book.field(k, 'requester');
    return f?.on_create && f.to === 'user' && me ? { requester: me.id } : {};
  }, [book, k, me]);
  const form = useCreate(k, start);
  const fields = quick(book, k, new Set());
  const title = book.title(k)?.name;
  const guard = (): boolean => !form.touched() || confirm(t('create.lost'));
  const submit = async (): Promise<void> => {
    const r = await form.send();
    if (!r) return;
    onClose();
    const key = book.key(r);
    toast(t('create.done', { number: r.number ?? label(k.label) }));
    void navigate({ to: '/$plural/$key', params: { plural: k.plural, key } });
  };
  const shown = new Set(fields.map(f => f.name));
  const elsewhere = Object.entries(form.errors).filter(([n]) => !shown.has(n));
  return (
    <Dialog open onClose={onClose} title={t('create.title', { kind: label(k.label) })} guard={guard}>
      <form
        ref={form.form}
        className="form grid2"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          void submit();
        }}
        onKeyDown={e => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.nativeEvent.isComposing) {
            e.preventDefault();
            void submit();
          }
        }}
      >
        <FormFields kind={k} fields={fields} values={form.values} errors={form.errors} onChange={form.set} focus={fields[0]?.name} />
        {title && <Similar kind={k} title={String(form.values[title] ?? '')} />}
        {form.fault && (form.fault.fields.length === 0 || elsewhere.length > 0) && (
          <Note tone="bad" role="alert">
            {form.fault.fields.length === 0 ? form.fault.message : elsewhere.map(([n, m]) => `${label(book.field(k, n)?.label)}: ${m}`).join(' ')}
          </Note>
        )}
        <div className="formend">
          <Button
            look="quiet"
            onClick={() => {
              carried.kind = k.name;
              carried.values = form.values;
              onClose();
              void navigate({ to: '/$plural/new', params: { plural: k.plural } });
            }}
          >
            {t('create.full')}
          </Button>
          <span className="grow" />
          <Button onClick={() => guard() && onClose()}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={form.busy}>
            {t('create.submit')} <Kbd keys="mod+Enter" />
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
