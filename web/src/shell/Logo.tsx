// A floor of planks: maru, where every room of the house meets.
export const Logo = ({ size = 20 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
    <path d="M1 2h18v4H1zM1 8h11v4H1zM13.5 8H19v4h-5.5zM1 14h5.5v4H1zM8 14h11v4H8z" fill="var(--accent)" />
  </svg>
);
