// Before the pictures: the demo's company, on a free port.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ready, root } from './house';

export default async function setup(): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'maru-demo-'));
  const bin = join(dir, 'maru');
  execFileSync('go', ['build', '-o', bin, './cmd/maru'], { cwd: root, stdio: 'inherit' });
  const server = spawn(bin, ['demo', '--data', join(dir, 'data'), '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => server.kill('SIGKILL'));
  process.env['MARU_URL'] = await ready(server);
  return async () => {
    const gone = new Promise(done => server.once('exit', done));
    if (server.exitCode === null && server.kill('SIGTERM')) await gone;
    rmSync(dir, { recursive: true, force: true });
  };
}
