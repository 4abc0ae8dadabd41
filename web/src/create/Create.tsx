import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useMe } from '../api/queries';
import type { Kind } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { NotFound } from '../shell/States';
import { useTitle } from '../shell/title';
import { Button, Note } from '../ui/Button';
import { toast } from '../ui/toast';
import { FormFields } from './Fields';
import { fieldsFor, sectionsOf } from './form';
import { carried } from './Quick';
import { Similar } from './Similar';
import { useCreate } from './useCreate';

export const CreatePage = () => {
  const { plural } = useParams({ from: '/desk/$plural/new' });
  const k = useBook().plurals.get(plural);
  return k?.can_create ? <Form key={k.name} kind={k} /> : <NotFound />;
};

// A section nobody has to fill in stays folded until asked for, unless something in it is wrong.
const Form = ({ kind: k }: { kind: Kind }) => {
  const { t, label } = useSay();
  const book = useBook();
  const me = useMe().data;
  const navigate = useNavigate();
  const name = t('create.title', { kind: label(k.label) });
  useTitle(name);
  const start = useMemo(() => {
    const own = carried.kind === k.name ? carried.values : {};
    carried.kind = '';
    const f = book.field(k, 'requester');
    return { ...(f?.on_create && f.to === 'user' && me ? { requester: me.id } : {}), ...own };
  }, [book, k, me]);
  const form = useCreate(k, start);
  const sections = sectionsOf(fieldsFor(k));
  const title = book.title(k)?.name;
  const [open, setOpen] = useState<Record<string, boolean>>({});
  const busy = (s: { fields: { name: string; required: boolean; custom: boolean }[] }): boolean => s.fields.some(f => f.required || f.custom || form.errors[f.name] || form.values[f.name] !== undefined);
  const submit = async (): Promise<void> => {
    const r = await form.send();
    if (!r) return;
    toast(t('create.done', { number: r.number ?? label(k.label) }));
    void navigate({ to: '/$plural/$key', params: { plural: k.plural, key: book.key(r) }, replace: true });
  };
  const wrong = Object.keys(form.errors).length;
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="phead">
        <nav className="crumb" aria-label={label(k.label_plural)}>
          <Link to="/$plural" params={{ plural: k.plural }} search={{}}>
            {label(k.label_plural)}
          </Link>
        </nav>
        <h1>{name}</h1>
      </div>
      <form
        ref={form.form}
        className="pagebody narrowbody"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          void submit();
        }}
      >
        {sections.map((s, i) => {
          const shown = i === 0 || busy(s) || open[s.name];
          return (
            <section className="sect" key={s.name}>
              <h2>
                {i === 0 || busy(s) ? (
                  label(book.wire.sections[s.name])
                ) : (
                  <button type="button" className="foldhead" aria-expanded={Boolean(shown)} onClick={() => setOpen({ ...open, [s.name]: !open[s.name] })}>
                    {label(book.wire.sections[s.name])} <span className="dim num">{s.fields.length}</span>
                  </button>
                )}
              </h2>
              {shown && (
                <div className="form grid2 pad">
                  <FormFields kind={k} fields={s.fields} values={form.values} errors={form.errors} onChange={form.set} focus={i === 0 ? title : undefined} />
                  {i === 0 && title && <Similar kind={k} title={String(form.values[title] ?? '')} />}
                </div>
              )}
            </section>
          );
        })}
        <div className="formend sticky">
          {wrong > 0 && (
            <Note tone="bad" role="alert">
              {t('create.errors', { n: wrong })}
            </Note>
          )}
          {form.fault && wrong === 0 && (
            <Note tone="bad" role="alert">
              {form.fault.message}
            </Note>
          )}
          <span className="grow" />
          <Button onClick={() => history.back()}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={form.busy}>
            {t('create.submit')}
          </Button>
        </div>
      </form>
    </main>
  );
};
