// Attachments: chosen, dropped anywhere on the record, or pasted.
import { useCallback, useRef, useState } from 'react';
import { call } from '../api/client';
import { faultOf } from '../api/fault';
import { refresh, useAttachments } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { Ago, Person } from '../fields/Show';
import { useSay } from '../i18n';
import { Button, IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { toast } from '../ui/toast';
import { nameOfFile, pictures, sendFile, useDrop } from './useDrop';

type Props = { kind: Kind; rec: Rec; id: string };

export const Files = ({ kind: k, rec, id }: Props) => {
  const { t, size } = useSay();
  const files = useAttachments(k, id).data ?? [];
  const may = rec.can.verbs.includes('attach');
  const [busy, setBusy] = useState<string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const path = `/${k.plural}/${rec.id}/attachments`;
  const upload = useCallback(
    async (list: File[]): Promise<void> => {
      for (const f of list) {
        const name = nameOfFile(f, t('files.pasted'));
        setBusy(b => [...b, name]);
        try {
          await sendFile(path, f, name);
        } catch (e) {
          toast(`${name}: ${faultOf(e).message}`, 'bad');
        } finally {
          setBusy(b => b.filter(x => x !== name));
        }
      }
      refresh(k.name, [id, rec.id]);
    },
    [path, k.name, id, rec.id, t],
  );
  const over = useDrop(may, upload);
  const remove = async (file: string): Promise<void> => {
    try {
      await call('DELETE', `${path}/${file}`);
    } catch (e) {
      toast(faultOf(e).message, 'bad');
    }
    refresh(k.name, [id, rec.id]);
  };
  if (!may && files.length === 0) return null;
  return (
    <section className="sect">
      <h2>
        {t('files.title')} {files.length > 0 && <span className="dim num">{files.length}</span>}
        {may && (
          <span className="end">
            <span className="dim small hideable">{t('files.hint')}</span>
            <Button className="mini" icon="clip" onClick={() => input.current?.click()}>
              {t('files.add')}
            </Button>
            <input ref={input} type="file" multiple hidden aria-label={t('files.add')} onChange={e => { void upload([...(e.currentTarget.files ?? [])]); e.currentTarget.value = ''; }} />
          </span>
        )}
      </h2>
      {over && (
        <div className="dropveil" aria-hidden="true">
          {t('files.drop')}
        </div>
      )}
      {(files.length > 0 || busy.length > 0) && (
        <ul className="files">
          {files.map(f => (
            <li key={f.id}>
              {pictures.has(f.type) ? <img src={`/api/v1${path}/${f.id}`} alt="" loading="lazy" /> : <Icon name="clip" />}
              <a href={`/api/v1${path}/${f.id}`} {...(pictures.has(f.type) ? { target: '_blank', rel: 'noopener' } : { download: f.name })}>
                {f.name}
              </a>
              <span className="dim small num">{size(f.size)}</span>
              {f.internal && <span className="chip warn">{t('files.internal')}</span>}
              <span className="dim small">
                <Person id={f.author} /> · <Ago at={f.at} />
              </span>
              {may && <IconButton icon="close" label={t('files.remove', { name: f.name })} onClick={() => void remove(f.id)} />}
            </li>
          ))}
          {busy.map(n => (
            <li key={n} role="status">
              <Icon name="clip" /> {t('files.uploading', { name: n })}…
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
