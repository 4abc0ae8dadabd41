// A Maru of its own for tests: the real binary, a fresh data folder, one person per role, a free port.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from './api';
import { password, people } from './people';

export const root = join(import.meta.dirname, '../..');

export type House = { url: string; sessions: Record<string, string>; end: () => Promise<void> };

// open builds and starts one; tags choose what is built besides.
export const open = async (...tags: string[]): Promise<House> => {
  const dir = mkdtempSync(join(tmpdir(), 'maru-e2e-'));
  const bin = join(dir, 'maru');
  const data = join(dir, 'data');
  execFileSync('go', ['build', '-tags', tags.join(','), '-o', bin, './cmd/maru'], { cwd: root, stdio: 'inherit' });
  for (const p of people)
    execFileSync(bin, ['user', 'add', `${p.name}@example.com`, '--data', data, '--name', p.full, ...p.roles.flatMap(r => ['--role', r]), '--password-stdin'], { input: `${password}\n`, stdio: ['pipe', 'ignore', 'inherit'] });
  const server = spawn(bin, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--test-clock', '--log-level', 'warn'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = async (): Promise<void> => {
    const gone = new Promise(done => server.once('exit', done));
    if (server.exitCode === null && server.kill('SIGTERM')) await gone;
    rmSync(dir, { recursive: true, force: true });
  };
  process.once('exit', () => server.kill('SIGKILL')); // whatever happens, it does not outlive the tests
  server.stderr?.on('data', (b: Buffer) => process.stderr.write(b));
  try {
    const url = await ready(server);
    // Signing in is slow on purpose and limited: everybody does it once.
    const sessions: Record<string, string> = {};
    for (const p of people) sessions[p.name] = (await Api.signIn(url, p.name)).cookie;
    return { url, sessions, end };
  } catch (e) {
    await end();
    throw e;
  }
};

// enter makes it the one that tests in this process talk to, and gives the way back.
export const enter = (h: House): (() => void) => {
  const before = { url: process.env['MARU_URL'], sessions: process.env['MARU_SESSIONS'] };
  process.env['MARU_URL'] = h.url;
  process.env['MARU_SESSIONS'] = JSON.stringify(h.sessions);
  return () => {
    process.env['MARU_URL'] = before.url;
    process.env['MARU_SESSIONS'] = before.sessions;
  };
};

// ready waits until a server says where it is.
export const ready = (server: ChildProcess): Promise<string> =>
  new Promise((ok, no) => {
    let said = '';
    server.once('exit', code => no(new Error(`the server ended (${code}): ${said}`)));
    server.stdout?.on('data', (b: Buffer) => {
      said += b.toString();
      const m = /ready: (http:\/\/\S+)/.exec(said);
      if (m?.[1]) ok(m[1]);
    });
  });
