// Choosing files: from the device, from the camera, by paste or by dropping them on the page.
import { useEffect, useMemo, useRef } from 'react';
import { useSay } from '../i18n';
import { nameOfFile, pictures } from '../record/useDrop';
import { Button, IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';

export const FileButtons = ({ onPick, quiet = false }: { onPick: (list: File[]) => void; quiet?: boolean }) => {
  const { t } = useSay();
  const any = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const input = (ref: React.RefObject<HTMLInputElement | null>, label: string, more: object) => (
    <input
      ref={ref}
      type="file"
      hidden
      aria-label={label}
      {...more}
      onChange={e => {
        onPick([...(e.currentTarget.files ?? [])]);
        e.currentTarget.value = '';
      }}
    />
  );
  return (
    <span className={`pfilebtns ${quiet ? 'quiet' : ''}`}>
      <Button look={quiet ? 'quiet' : 'plain'} icon="clip" onClick={() => any.current?.click()}>
        <span>{t('portal.files')}</span>
      </Button>
      <Button look={quiet ? 'quiet' : 'plain'} icon="camera" className="ptouch" onClick={() => camera.current?.click()}>
        <span>{t('portal.camera')}</span>
      </Button>
      {input(any, t('portal.files'), { multiple: true })}
      {input(camera, t('portal.camera'), { accept: 'image/*', capture: 'environment' })}
    </span>
  );
};

// Chosen lists files that are not sent yet.
export const Chosen = ({ files, onRemove }: { files: File[]; onRemove: (f: File) => void }) => {
  const { t, size } = useSay();
  const urls = useMemo(() => new Map(files.filter(f => pictures.has(f.type)).map(f => [f, URL.createObjectURL(f)])), [files]);
  useEffect(() => () => urls.forEach(u => URL.revokeObjectURL(u)), [urls]);
  if (!files.length) return null;
  return (
    <ul className="pchosen">
      {files.map((f, i) => {
        const name = nameOfFile(f, t('files.pasted'));
        return (
          <li key={`${name}${i}`}>
            {urls.has(f) ? <img src={urls.get(f)} alt="" /> : <Icon name="clip" />}
            <span className="ptitle">{name}</span>
            <span className="dim small num">{size(f.size)}</span>
            <IconButton icon="close" label={t('files.remove', { name })} onClick={() => onRemove(f)} />
          </li>
        );
      })}
    </ul>
  );
};
