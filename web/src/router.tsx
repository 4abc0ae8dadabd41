// Addresses. Every list and every record has one that stays: /incidents, /incidents/INC0000123.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect, type RouteComponent } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Desk } from './shell/Desk';
import { need, type Area } from './i18n';
import { Frame } from './shell/Frame';
import { Failed, NotFound } from './shell/States';

export type QueueSearch = { view?: string; filter?: string; order?: string; q?: string; at?: string; as?: string; by?: string; columns?: string; group?: string };

export type FiguresSearch = { period?: string; from?: string; to?: string; kpi?: string };

export type BoardSearch = { period?: string; from?: string; to?: string; narrow?: string; edit?: string; wall?: string };

const text = (v: unknown): string | undefined => (typeof v === 'string' && v !== '' ? v : undefined);
const pick = <K extends string>(from: Record<string, unknown>, keys: K[]): Partial<Record<K, string>> => {
  const out: Partial<Record<K, string>> = {};
  for (const k of keys) {
    const v = text(from[k]);
    if (v !== undefined) out[k] = v;
  }
  return out;
};

// page is a part of the console that loads its own words with itself.
const page = <K extends string>(area: Area | Area[], part: () => Promise<Record<K, () => ReactNode>>, name: K): RouteComponent =>
  lazyRouteComponent(async () => (await Promise.all([part(), ...[area].flat().map(need)]))[0], name);

const root = createRootRoute({ component: Frame, notFoundComponent: () => <NotFound />, errorComponent: ({ error }) => <Failed error={error} /> });

const signin = createRoute({ getParentRoute: () => root, path: '/signin', component: lazyRouteComponent(() => import('./shell/Door'), 'SignIn'), validateSearch: s => pick(s, ['next']) });
const setup = createRoute({ getParentRoute: () => root, path: '/setup', component: lazyRouteComponent(() => import('./shell/Door'), 'SetUp'), validateSearch: s => pick(s, ['link']) });

// portal is for everybody: no side bar, search first.
const portal = createRoute({ getParentRoute: () => root, path: '/portal', component: page('portal', () => import('./portal/Portal'), 'Portal') });
const portalHome = createRoute({ getParentRoute: () => portal, path: '/', component: page('portal', () => import('./portal/Home'), 'HomePage'), validateSearch: s => pick(s, ['q']) });
const portalList = createRoute({ getParentRoute: () => portal, path: '/requests', component: page('portal', () => import('./portal/Requests'), 'RequestsPage'), validateSearch: s => pick(s, ['show']) });
const portalNew = createRoute({ getParentRoute: () => portal, path: '/new/$plural', component: page('portal', () => import('./portal/Report'), 'ReportPage'), validateSearch: s => pick(s, ['service', 'title']) });
const portalApprovals = createRoute({ getParentRoute: () => portal, path: '/approvals', component: page('approval', () => import('./portal/Approvals'), 'ApprovalsPage'), validateSearch: s => pick(s, ['show']) });
const portalApproval = createRoute({ getParentRoute: () => portal, path: '/approvals/$key', component: page('approval', () => import('./portal/Approvals'), 'ApprovalPage') });
const portalOne = createRoute({ getParentRoute: () => portal, path: '/$plural/$key', component: page('portal', () => import('./portal/Request'), 'OnePage') });

// desk is the console for those signed in; everything under it has the book.
const desk = createRoute({ getParentRoute: () => root, id: 'desk', component: Desk });
const home = createRoute({ getParentRoute: () => desk, path: '/', beforeLoad: () => { throw redirect({ to: '/my' }); } });
const my = createRoute({ getParentRoute: () => desk, path: '/my', component: lazyRouteComponent(() => import('./shell/Place'), 'MyWork') });
const approvals = createRoute({ getParentRoute: () => desk, path: '/my/approvals', component: page('approval', () => import('./approval/Approvals'), 'Approvals'), validateSearch: s => pick(s, ['show', 'at']) });
const figures = createRoute({ getParentRoute: () => desk, path: '/figures/$process', component: page('figures', () => import('./figures/Figures'), 'FiguresPage'), validateSearch: (s): FiguresSearch => pick(s, ['period', 'from', 'to', 'kpi']) });
const boards = createRoute({ getParentRoute: () => desk, path: '/dashboards', component: page(['dashboard', 'figures'], () => import('./dashboard/List'), 'ListPage') });
const board = createRoute({ getParentRoute: () => desk, path: '/dashboards/$id', component: page(['dashboard', 'figures'], () => import('./dashboard/Dashboard'), 'DashboardPage'), validateSearch: (s): BoardSearch => pick(s, ['period', 'from', 'to', 'narrow', 'edit', 'wall']) });
const admin = createRoute({ getParentRoute: () => desk, path: '/admin', component: page('admin', () => import('./admin/Admin'), 'AdminPage') });
const adminPages = [
  createRoute({ getParentRoute: () => admin, path: '/', component: page('admin', () => import('./admin/Admin'), 'Overview') }),
  createRoute({ getParentRoute: () => admin, path: '/users', component: page('admin', () => import('./admin/Users'), 'UsersPage') }),
  createRoute({ getParentRoute: () => admin, path: '/roles', component: page('admin', () => import('./admin/Roles'), 'RolesPage') }),
  createRoute({ getParentRoute: () => admin, path: '/tokens', component: page('admin', () => import('./admin/Tokens'), 'TokensPage') }),
  createRoute({ getParentRoute: () => admin, path: '/fields', component: page('admin', () => import('./admin/CustomFields'), 'FieldsPage') }),
  createRoute({ getParentRoute: () => admin, path: '/matrix', component: page('admin', () => import('./admin/Matrix'), 'MatrixPage') }),
  createRoute({ getParentRoute: () => admin, path: '/categories', component: page('admin', () => import('./admin/Categories'), 'CategoriesPage') }),
  createRoute({ getParentRoute: () => admin, path: '/settings', component: page('admin', () => import('./admin/Settings'), 'SettingsPage') }),
  createRoute({ getParentRoute: () => admin, path: '/jobs', component: page('admin', () => import('./admin/Jobs'), 'JobsPage') }),
  createRoute({ getParentRoute: () => admin, path: '/journal', component: page('admin', () => import('./admin/Journal'), 'JournalPage') }),
] as const;
const queue = createRoute({ getParentRoute: () => desk, path: '/$plural', component: page('queue', () => import('./queue/Queue'), 'QueuePage'), validateSearch: (s): QueueSearch => pick(s, ['view', 'filter', 'order', 'q', 'at', 'as', 'by', 'columns', 'group']) });
const create = createRoute({ getParentRoute: () => desk, path: '/$plural/new', component: lazyRouteComponent(() => import('./create/Create'), 'CreatePage') });
const record = createRoute({ getParentRoute: () => desk, path: '/$plural/$key', component: page('record', () => import('./record/Record'), 'RecordPage'), validateSearch: s => pick(s, ['as_of']) });
const room = createRoute({ getParentRoute: () => desk, path: '/$plural/$key/room', component: page(['room', 'record'], () => import('./major/Room'), 'RoomPage') });

export const router = createRouter({
  routeTree: root.addChildren([signin, setup, portal.addChildren([portalHome, portalList, portalNew, portalApprovals, portalApproval, portalOne]), desk.addChildren([home, my, approvals, admin.addChildren(adminPages), figures, boards, board, create, queue, record, room])]),
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: false,
  parseSearch: s => Object.fromEntries(new URLSearchParams(s)),
  stringifySearch: s => {
    const q = new URLSearchParams();
    for (const [k, v] of Object.entries(s)) if (v !== undefined && v !== '') q.set(k, String(v));
    return q.size ? `?${q}` : '';
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
