// Before the browser tests: the real binary, a fresh data folder, one person per role, a free port.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from './api';
import { password, people } from './people';
import { seed } from './seed';

const root = join(import.meta.dirname, '../..');

export default async function setup(): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'maru-e2e-'));
  const bin = join(dir, 'maru');
  const data = join(dir, 'data');
  execFileSync('go', ['build', '-o', bin, './cmd/maru'], { cwd: root, stdio: 'inherit' });
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
    process.env['MARU_URL'] = await ready(server);
    // Signing in is slow on purpose and limited: everybody does it once.
    const sessions: Record<string, string> = {};
    for (const p of people) sessions[p.name] = (await Api.signIn(process.env['MARU_URL'], p.name)).cookie;
    process.env['MARU_SESSIONS'] = JSON.stringify(sessions);
    await seed();
  } catch (e) {
    await end();
    throw e;
  }
  return end;
}

const ready = (server: ChildProcess): Promise<string> =>
  new Promise((ok, no) => {
    let said = '';
    server.once('exit', code => no(new Error(`the server ended (${code}): ${said}`)));
    server.stdout?.on('data', (b: Buffer) => {
      said += b.toString();
      const m = /ready: (http:\/\/\S+)/.exec(said);
      if (m?.[1]) ok(m[1]);
    });
  });
