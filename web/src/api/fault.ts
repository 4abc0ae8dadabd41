// What went wrong, as the server says it (RFC 9457), in the person's language.
export type GuardFault = { guard: string; message: string };
export type FieldFault = { field: string; code: string; message: string };

type Problem = {
  status?: number;
  code?: string;
  title?: string;
  detail?: string;
  position?: number;
  errors?: FieldFault[];
  failed_guards?: GuardFault[];
  error_id?: string;
};

export class Fault extends Error {
  readonly status: number; // 0 = the server was not reached
  readonly code: string;
  readonly detail: string;
  readonly position: number;
  readonly fields: FieldFault[];
  readonly guards: GuardFault[];
  readonly errorId: string;
  constructor(status: number, p: Problem) {
    super(p.title || p.code || String(status));
    this.status = status;
    this.code = p.code ?? 'unknown';
    this.detail = p.detail ?? '';
    this.position = p.position ?? 0;
    this.fields = p.errors ?? [];
    this.guards = p.failed_guards ?? [];
    this.errorId = p.error_id ?? '';
  }
  // of gives what is wrong with one field.
  of(field: string): string | undefined {
    return this.fields.find(f => f.field === field)?.message;
  }
  get offline(): boolean {
    return this.status === 0;
  }
}

export const faultOf = (e: unknown): Fault => (e instanceof Fault ? e : new Fault(-1, { code: 'client', title: e instanceof Error ? e.message : String(e) }));
