// Records that a test makes for itself, so that it can run again and beside others.
import type { Answer, Api } from './api';

export const unique = (text: string): string => `${text} ${Math.random().toString(36).slice(2, 8)}`;

const first = async (api: Api, path: string): Promise<string> => (await api.send<{ items: Answer[] }>('GET', path)).items[0]?.id ?? '';

export const incident = (api: Api, title: string, more: object = {}): Promise<Answer> => api.post('/incidents', { title, impact: 2, urgency: 2, ...more });

// assigned makes an incident in the queue of the resolver's group.
export const assigned = async (api: Api, title: string, group = 'Windows'): Promise<Answer> => {
  const i = await incident(api, title);
  return api.post(`/incidents/${i.id}/actions/assign`, { group: await first(api, `/groups?filter=${encodeURIComponent(`name == '${group}'`)}`), category: await first(api, '/categories?order=name&limit=1') });
};

// working makes an incident that the agent works on.
export const working = async (api: Api, title: string): Promise<Answer> => {
  const i = await assigned(api, title);
  return api.post(`/incidents/${i.id}/actions/accept`, {});
};
