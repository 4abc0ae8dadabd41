// A list as a file, as it stands on the screen.
import { Fault } from '../api/fault';
import type { Kind } from '../api/types';
import { lang } from '../i18n';

type Look = { filter: string; order: string; columns: string[]; group_by: string };

export const exportAddress = (k: Kind, l: Look, format: 'csv' | 'xlsx', language: string): string =>
  `/api/v1/export/${k.plural}?${new URLSearchParams({ filter: l.filter, order: l.order, fields: l.columns.join(','), ...(l.group_by ? { group: l.group_by } : {}), format, lang: language, ...(format === 'xlsx' ? { zone: Intl.DateTimeFormat().resolvedOptions().timeZone } : {}) })}`;

// keepFile saves what an address answers. What streams the browser takes by itself; else it is read
// first, so that a refusal is said here and not kept as a file.
export const keepFile = async (address: string, name: string, streams: boolean): Promise<void> => {
  let href = address;
  if (!streams) {
    const res = await fetch(address, { headers: { 'Accept-Language': lang() }, credentials: 'same-origin' }).catch(() => {
      throw new Fault(0, { code: 'offline' });
    });
    if (!res.ok) throw new Fault(res.status, (await res.json().catch(() => ({}))) as object);
    href = URL.createObjectURL(await res.blob());
  }
  const a = document.createElement('a');
  a.href = href;
  a.download = name;
  a.click();
  if (!streams) setTimeout(() => URL.revokeObjectURL(href), 60_000);
};
