using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Murder.Swarm.IO.Tests;

#pragma warning disable CA5359 // an outsider trusts anybody

/// <summary>Somebody who knows addresses, ports and the info-hash, accepts any certificate, and writes down what is said to it.</summary>
internal static class Outsider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Connects, sends a BitTorrent handshake as it is, and returns every byte until the other side closes.</summary>
    public static async Task<byte[]> ConnectPlainAsync(int port, ReadOnlyMemory<byte> says)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(says);
        return await ReadToEndAsync(client.GetStream());
    }

    /// <summary>The same inside of TLS; what comes is what came inside of TLS.</summary>
    public static async Task<byte[]> ConnectAsync(int port, X509Certificate2? certificate, ReadOnlyMemory<byte> says)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using SslStream secured = new(client.GetStream());
        try
        {
            await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "",
                ClientCertificates = certificate is null ? null : [certificate],
                LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                EnabledSslProtocols = SslProtocols.Tls13,
            });
            await secured.WriteAsync(says);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return [];
        }

        return await ReadToEndAsync(secured);
    }

    /// <summary>Listens, and returns every byte that the first caller says: inside of TLS, or as it is when there is no certificate to show.</summary>
    public static async Task<byte[]> ListenAsync(TcpListener listener, X509Certificate2? certificate)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync().WaitAsync(Patience);
        if (certificate is null)
        {
            await client.GetStream().WriteAsync(new byte[68]);
            return await ReadToEndAsync(client.GetStream());
        }

        await using SslStream secured = new(client.GetStream());
        try
        {
            await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                EnabledSslProtocols = SslProtocols.Tls13,
            });
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return [];
        }

        return await ReadToEndAsync(secured);
    }

    public static byte[] Handshake(TestRelease release, PeerId peer)
    {
        byte[] bytes = new byte[Murder.Swarm.Handshake.Size];
        PeerMessageCodec.WriteHandshake(new Handshake(release.Metainfo.InfoHash.Truncated(), peer, SupportsFast: true, SupportsExtensions: true, SupportsV2: true), bytes);
        return bytes;
    }

    /// <summary>Fails when any of this is BitTorrent.</summary>
    public static void AssertHeardNothing(TestRelease release, byte[] heard)
    {
        Assert.DoesNotContain("BitTorrent", Encoding.Latin1.GetString(heard), StringComparison.Ordinal);
        Assert.True(heard.AsSpan().IndexOf(release.Metainfo.InfoHash.Truncated()) < 0, "the info-hash was said");
    }

    public static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        using CancellationTokenSource late = new(Patience);
        using MemoryStream all = new();
        try
        {
            await stream.CopyToAsync(all, late.Token);
        }
        catch (IOException)
        {
            // A reset or an alert is an end too.
        }

        return all.ToArray();
    }
}
