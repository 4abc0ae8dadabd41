// A small believable desk: groups, services, categories and sixty incidents in every state.
import { Api, type Answer } from './api';

const titles = [
  '결제 게이트웨이 타임아웃으로 주문 실패 다수 발생', '야간 배치가 03:12에 중단됨', 'DB 복제 지연 임계값 초과 (replica-3)', 'Password reset loop after MFA change', '공유 폴더 권한이 사라짐',
  '사내 메신저 알림이 오지 않음', 'Laptop disk full, cannot save', 'Certificate expires in 5 days on api-gw-02', 'WMS 바코드 스캐너 연결 실패', 'VPN이 자꾸 끊겨서 재택근무를 못 하고 있습니다', 'Printer on floor 7 prints blank pages', 'Outlook이 시작되지 않음: 프로필 손상',
];

export const seed = async (): Promise<void> => {
  const admin = Api.as('admin');
  const agent = Api.as('agent');
  const resolver = Api.as('resolver');
  const users = await admin.send<{ items: Answer[] }>('GET', '/users?fields=id,email&limit=50');
  const id = (who: string): string => users.items.find(u => u['email'] === `${who}@example.com`)?.id ?? '';
  const group = async (name: string): Promise<string> => (await admin.post('/groups', { name, members: [id('resolver'), id('agent'), id('mim')] })).id;
  const groups = [await group('네트워크'), await group('서비스 데스크'), await group('Windows')];
  await admin.post('/groups', { name: '남의 그룹', members: [id('user')] });
  const categories = [];
  for (const name of ['네트워크', '소프트웨어', '하드웨어', '계정과 권한']) categories.push((await admin.post('/categories', { name })).id);
  const services = [];
  for (const [name, criticality] of [['결제 게이트웨이', 1], ['Email', 2], ['사내 메신저', 3], ['물류 WMS', 2], ['HR Portal', 3]] as const) services.push((await admin.post('/services', { name, criticality, user_count: 4000 })).id);
  await admin.post('/cis', { name: 'api-gw-02', class: 'server' });
  await admin.post('/custom_fields', { on: 'incident', name: 'x_floor', type: 'int', label: { ko: '층', en: 'Floor' }, min: 0, max: 99 });
  const text = '오전 9시부터 여러 사용자가 같은 증상을 신고했습니다. 재부팅 후에도 동일합니다.\nError 0x80040115 shows in the client log.';
  for (let n = 0; n < 60; n++) {
    const i = await agent.post('/incidents', {
      title: titles[n % titles.length], description: text, requester: id('user'), impact: 1 + (n % 3), urgency: 1 + ((n * 7) % 3), service: services[n % services.length],
    });
    const act = (who: Api, move: string, body: object): Promise<Answer> => who.post(`/incidents/${i.id}/actions/${move}`, body);
    if (n % 6 === 0) continue;
    await act(agent, 'assign', { group: groups[n % 3], category: categories[n % 4] });
    if (n % 6 === 1) continue;
    await act(n % 2 ? resolver : agent, 'accept', {});
    const by = n % 2 ? resolver : agent;
    if (n % 6 === 3) await act(by, 'hold', { hold_reason: 'awaiting_customer', comment: '어느 층에서 접속하셨는지 알려 주세요.' });
    if (n % 6 === 4) await act(by, 'resolve', { resolution_code: 'fixed', resolution_notes: '게이트웨이 2번 노드를 다시 시작하고 연결 풀을 늘려 복구했습니다.' });
    if (n % 6 === 2) {
      await by.post(`/incidents/${i.id}/comments`, { body: '우회 방법을 안내드렸습니다. VPN 프로필을 ‘SEOUL-B’로 변경해 주세요.' });
      await by.post(`/incidents/${i.id}/comments`, { body: `게이트웨이 2번 노드에서 재협상 오류가 반복됨. INC0000001 과 같은 증상. https://status.example.com/42 참고`, internal: true });
    }
  }
  await admin.post('/problems', { title: '게이트웨이 연결 풀 고갈' });
};
