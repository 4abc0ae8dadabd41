// The one closing line that a script reads.
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

export default class Closing implements Reporter {
  #last = new Map<string, string>();
  #flaky = new Set<string>();
  onTestEnd(test: TestCase, result: TestResult): void {
    if (test.outcome() === 'flaky') this.#flaky.add(test.titlePath().filter(Boolean).join(' › '));
    this.#last.set(test.id, test.outcome() === 'unexpected' ? 'failed' : result.status === 'skipped' ? 'skipped' : 'passed');
  }
  onEnd(): void {
    for (const title of this.#flaky) console.log(`FLAKY, passed the second time: ${title}`);
    const n = (what: string): number => [...this.#last.values()].filter(v => v === what).length;
    console.log(`e2e: ${n('passed')} passed, ${n('failed')} failed, ${n('skipped')} skipped`);
  }
}
