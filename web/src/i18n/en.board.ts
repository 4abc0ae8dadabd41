// Words of board, loaded with its pages.
import type { Word } from './index';
import type { words as ko } from './ko.board';

export const words: Record<keyof typeof ko, Word> = {
  'board.title': '{name} by {field}',
  'board.move': 'Move {name}',
  'board.key.move': 'Move a card',
  'board.enter': 'To the cards',
  'board.more': 'Show more',
  'board.since': 'In this column for',
  'board.nobody': 'Unassigned',
  'board.moved': '{name} moved to {column}',
  'board.noway': '{name}: nothing leads from “{from}” to “{to}”.',
  'board.forbidden': '{name}: moving from “{from}” to “{to}” ({moves}) is not yours to do.',
  'board.ways': 'It can go to: {states}.',
  'board.elsewhere': '{name}: somebody else moved it meanwhile. It is shown where it is now.',
  'board.refused': '{name} could not be moved. {why}',
  'board.stayed': '{name} stays where it was. {why}',
  'board.which': 'How should it go to “{column}”?',
  'board.shut': 'Not reachable from here: {columns}',
  'board.derived': '“{field}” follows from other values, so cards cannot be moved here.',
};
