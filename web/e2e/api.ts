// The API as a person, for what a test needs before it begins.
import { password } from './people';

export type Body = Record<string, unknown>;
export type Answer = Body & { id: string; number: string; version: number };

export class Api {
  readonly #base: string;
  readonly cookie: string;
  private constructor(base: string, cookie: string) {
    this.#base = base;
    this.cookie = cookie;
  }
  static as(who: string): Api {
    const all = JSON.parse(process.env['MARU_SESSIONS'] ?? '{}') as Record<string, string>;
    return new Api(process.env['MARU_URL'] ?? '', all[who] ?? '');
  }
  static async signIn(base: string, who: string): Promise<Api> {
    const res = await fetch(`${base}/api/v1/session`, { method: 'POST', body: JSON.stringify({ email: `${who}@example.com`, password }) });
    if (!res.ok) throw new Error(`sign in as ${who}: ${res.status} ${await res.text()}`);
    return new Api(base, (res.headers.get('set-cookie') ?? '').split(';')[0] ?? '');
  }
  // fresh makes a person of their own for a test that counts what reaches them.
  static async fresh(full: string, roles: string[]): Promise<Api> {
    const admin = Api.as('admin');
    const email = `p${Math.random().toString(36).slice(2, 10)}@example.com`;
    const { link } = await admin.post<{ link: string }>('/invitations', { email, name: full, roles });
    const res = await fetch(`${admin.#base}/api/v1/setup`, { method: 'POST', body: JSON.stringify({ link: link.split('link=')[1], email, name: full, password }) });
    if (!res.ok) throw new Error(`set up ${email}: ${res.status} ${await res.text()}`);
    return new Api(admin.#base, (res.headers.get('set-cookie') ?? '').split(';')[0] ?? '');
  }
  // session is the cookie's value, for a browser that need not sign in by hand.
  get session(): string {
    return this.cookie.slice(this.cookie.indexOf('=') + 1);
  }
  async send<T = Answer>(method: string, path: string, body?: unknown): Promise<T> {
    const res = await fetch(`${this.#base}/api/v1${path}`, { method, headers: { Cookie: this.cookie, 'Content-Type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await res.text();
    if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${text}`);
    return (text ? JSON.parse(text) : {}) as T;
  }
  post<T = Answer>(path: string, body: unknown): Promise<T> {
    return this.send<T>('POST', path, body);
  }
}
