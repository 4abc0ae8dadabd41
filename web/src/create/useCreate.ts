import { useRef, useState } from 'react';
import { newKey, post } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { client } from '../api/queries';
import type { Kind, Rec, Value } from '../api/types';
import { bad } from '../fields/Input';
import { useSay } from '../i18n';

export type Errors = Record<string, string>;

// useCreate holds what is filled in, sends it once however often the button is pressed, and says
// at each field what is wrong with it.
export const useCreate = (k: Kind, start: Record<string, Value>) => {
  const { t } = useSay();
  const values = useRef<Record<string, Value>>({ ...start });
  const [, redraw] = useState(0);
  const [errors, setErrors] = useState<Errors>({});
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const form = useRef<HTMLFormElement>(null);

  const showErrors = (e: Errors): void => {
    setErrors(e);
    setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"], .invalid button')?.focus(), 30);
  };
  const set = (name: string, v: Value): void => {
    values.current = { ...values.current, [name]: v };
    key.current = newKey(); // other content is another request
    if (errors[name]) setErrors(had => Object.fromEntries(Object.entries(had).filter(([n]) => n !== name)));
    redraw(n => n + 1);
  };
  const send = async (): Promise<Rec | undefined> => {
    if (busy) return undefined;
    const unreadable = Object.entries(values.current).filter(([, v]) => v === bad);
    if (unreadable.length) {
      showErrors(Object.fromEntries(unreadable.map(([n]) => [n, t('field.bad')])));
      return undefined;
    }
    setBusy(true);
    setFault(null);
    try {
      const body = Object.fromEntries(Object.entries(values.current).filter(([, v]) => v !== '' && v !== undefined && v !== null));
      const r = await post<Rec>(`/${k.plural}`, body, { key: key.current });
      void client.invalidateQueries({ queryKey: ['list', k.name] });
      void client.invalidateQueries({ queryKey: ['counts'] });
      return r;
    } catch (e) {
      const f = faultOf(e);
      setFault(f);
      showErrors(Object.fromEntries(f.fields.map(x => [x.field, x.message])));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { values: values.current, set, errors, fault, busy, send, form, touched: () => JSON.stringify(values.current) !== JSON.stringify(start) };
};
