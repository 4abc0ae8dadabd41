// Files that are pasted or dropped anywhere on the page, and how one is sent.
import { useEffect, useState } from 'react';
import { call } from '../api/client';

// pictures are the files that may be shown as they are.
export const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

// nameOfFile gives a file its name; what is pasted has none of its own.
export const nameOfFile = (f: File, pasted: string): string => (f.name && f.name !== 'image.png' ? f.name : `${pasted}.png`);

export const sendFile = (path: string, f: File, name: string, internal = false): Promise<unknown> => {
  const form = new FormData();
  if (internal) form.append('internal', 'true');
  form.append('file', f, name);
  return call('POST', path, { body: form });
};

// useDrop takes files while it may, and tells whether some hang over the page.
export const useDrop = (may: boolean, take: (list: File[]) => unknown): boolean => {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!may) return;
    const paste = (e: ClipboardEvent): void => {
      const list = [...(e.clipboardData?.files ?? [])];
      if (!list.length || e.defaultPrevented) return;
      e.preventDefault();
      take(list);
    };
    const carries = (e: DragEvent): boolean => e.dataTransfer?.types.includes('Files') ?? false;
    const drag = (e: DragEvent): void => {
      if (!carries(e)) return;
      e.preventDefault();
      setOver(true);
    };
    const leave = (e: DragEvent): void => {
      if (!e.relatedTarget) setOver(false);
    };
    const drop = (e: DragEvent): void => {
      if (!carries(e)) return;
      e.preventDefault();
      setOver(false);
      take([...(e.dataTransfer?.files ?? [])]);
    };
    document.addEventListener('paste', paste);
    document.addEventListener('dragover', drag);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('paste', paste);
      document.removeEventListener('dragover', drag);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  }, [may, take]);
  return over;
};
