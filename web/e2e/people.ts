export const password = 'a long enough password';

export const people = [
  { name: 'admin', full: '관리자', roles: ['admin', 'end_user'] },
  { name: 'agent', full: '김서연', roles: ['agent', 'end_user'] },
  { name: 'resolver', full: '이도윤', roles: ['resolver', 'end_user'] },
  { name: 'mim', full: 'Maria Lopez', roles: ['incident_manager', 'major_incident_manager', 'end_user'] },
  { name: 'user', full: '오세훈', roles: ['end_user'] },
] as const;

export type Who = (typeof people)[number]['name'];
