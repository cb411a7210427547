namespace Murder.PeerHost;

internal static class Program
{
    private static int Main() => 2;
}
