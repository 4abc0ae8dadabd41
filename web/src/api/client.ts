// One way to the server. The session cookie and the Origin header, which the server checks
// on every unsafe method, are the browser's own doing: nothing here can forget them.
import { lang } from '../i18n';
import { Store } from '../store';
import { Fault } from './fault';

const base = '/api/v1';

// reachable is false from the first request that did not reach the server until one does.
export const reachable = new Store(true);
// signedOut is set when the server no longer knows who we are.
export const signedOut = new Store(false);

export type Ask = {
  body?: unknown;
  ifMatch?: number;
  key?: string; // Idempotency-Key: the same key and body give the same answer, however often sent
  signal?: AbortSignal | undefined;
  keepalive?: boolean; // sent also when the page is just being left
  query?: Record<string, string | number | boolean | undefined>;
};

const decode = async (res: Response): Promise<unknown> => {
  const text = await res.text();
  return text ? JSON.parse(text) : undefined;
};

export const call = async <T>(method: string, path: string, ask: Ask = {}): Promise<T> => {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(ask.query ?? {})) if (v !== undefined && v !== '') q.set(k, String(v));
  const headers: Record<string, string> = { 'Accept-Language': lang() };
  if (ask.ifMatch) headers['If-Match'] = `"${ask.ifMatch}"`;
  if (ask.key) headers['Idempotency-Key'] = ask.key;
  const form = ask.body instanceof FormData;
  if (ask.body !== undefined && !form) headers['Content-Type'] = 'application/json';
  let res: Response;
  try {
    res = await fetch(base + path + (q.size ? `?${q}` : ''), {
      method,
      headers,
      credentials: 'same-origin',
      signal: ask.signal ?? null,
      keepalive: ask.keepalive ?? false,
      body: ask.body === undefined ? null : form ? (ask.body as FormData) : JSON.stringify(ask.body),
    });
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e;
    reachable.set(false);
    throw new Fault(0, { code: 'offline' });
  }
  reachable.set(true);
  if (res.ok) return (await decode(res)) as T;
  const problem = await decode(res).catch(() => ({}));
  if (res.status === 401 && path !== '/session' && path !== '/setup') signedOut.set(true);
  throw new Fault(res.status, problem as object);
};

export const get = <T>(path: string, query?: Ask['query'], signal?: AbortSignal): Promise<T> => call<T>('GET', path, { query: query ?? {}, signal });
export const post = <T>(path: string, body: unknown, ask: Ask = {}): Promise<T> => call<T>('POST', path, { ...ask, body });

// newKey makes an Idempotency-Key. randomUUID is there only on HTTPS and localhost.
export const newKey = (): string => {
  const b = crypto.getRandomValues(new Uint8Array(16));
  return [...b].map(x => x.toString(16).padStart(2, '0')).join('');
};
