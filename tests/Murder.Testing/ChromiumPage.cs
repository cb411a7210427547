using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Murder.Testing;

/// <summary>
/// A page in a real browser without a window, as a person would have it open; told by the DevTools protocol, since a page that goes on loading, as the
/// live one does, never comes to the end that <c>chromium --dump-dom</c> waits for. Not thread-safe.
/// </summary>
public sealed class ChromiumPage : IAsyncDisposable
{
    private const int WidthPixels = 1160;

    private static readonly TimeSpan s_answerMax = TimeSpan.FromMinutes(2);

    private readonly ChromiumProcess _browser;
    private readonly ClientWebSocket _socket = new();
    private readonly List<string> _errors = [];
    private int _lastId;

    private ChromiumPage(ChromiumProcess browser) => _browser = browser;

    /// <summary>Comes back when the page's scripts have run for the first time.</summary>
    public static async Task<ChromiumPage> OpenAsync(string url)
    {
        ChromiumPage page = new(await ChromiumProcess.StartAsync());
        try
        {
            await page.ConnectAsync();
            await page.TellAsync("Page.navigate", new JsonObject { ["url"] = url });
            await page.UntilAsync($"location.href === {JsonSerializer.Serialize(url)} && document.readyState === 'complete'");
            return page;
        }
        catch
        {
            await page.DisposeAsync();
            throw;
        }
    }

    /// <summary>The page as it stands.</summary>
    public async Task<string> HtmlAsync() => (string)(await EvaluateAsync("document.documentElement.outerHTML"))!;

    /// <summary>What a person can read of the element with this id; empty while there is none, or it is hidden.</summary>
    public async Task<string> TextAsync(string id) => (string)(await EvaluateAsync($"document.getElementById('{id}')?.innerText ?? ''"))!;

    /// <exception cref="InvalidOperationException">it throws, or a script of the page has</exception>
    public async Task<JsonNode?> EvaluateAsync(string script)
    {
        JsonNode answer = await TellAsync("Runtime.evaluate", new JsonObject { ["expression"] = script, ["returnByValue"] = true });
        return _errors.Count == 0 && answer["exceptionDetails"] is null
            ? answer["result"]!["value"]
            : throw new InvalidOperationException($"{script}:\n{answer["exceptionDetails"]}\n{string.Join('\n', _errors)}");
    }

    /// <summary>Comes back when the script says <c>true</c>.</summary>
    /// <exception cref="TimeoutException">it did not for a minute</exception>
    public Task UntilAsync(string script) => Eventually.TrueAsync(async () => (bool)(await EvaluateAsync(script))!);

    /// <summary>A picture of the whole page, as an artefact that people look at: <c>artifacts/screenshots/NAME.png</c> in the repository.</summary>
    /// <returns>how many pixels of the page lie to the right of the window: 0, unless something does not fit</returns>
    public async Task<int> PhotographAsync(string name, bool isDark = false, int widthPixels = WidthPixels)
    {
        await TellAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = widthPixels, ["height"] = 800, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await TellAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" }) });
        JsonNode picture = await TellAsync("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true });
        string path = Repository.Combine("artifacts", "screenshots", name + ".png");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, Convert.FromBase64String((string)picture["data"]!));
        return (int)(await EvaluateAsync("document.documentElement.scrollWidth - document.documentElement.clientWidth"))!;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _browser.DisposeAsync();
    }

    private async Task ConnectAsync()
    {
        using HttpClient http = new();
        string targets = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_browser.Port}/json/new");
        using HttpResponseMessage answer = await http.PutAsync(new Uri(targets), null);
        JsonNode target = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        await _socket.ConnectAsync(new Uri((string)target["webSocketDebuggerUrl"]!), CancellationToken.None);
        await TellAsync("Runtime.enable", []);
        await TellAsync("Log.enable", []);
    }

    private async Task<JsonNode> TellAsync(string method, JsonObject parameters)
    {
        using CancellationTokenSource deadline = new(s_answerMax);
        JsonObject order = new() { ["id"] = ++_lastId, ["method"] = method, ["params"] = parameters };
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(order), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
        while (true)
        {
            JsonNode message = await ReceiveAsync(deadline.Token);
            if ((int?)message["id"] == _lastId)
            {
                return message["result"] ?? throw new InvalidOperationException($"{method}: {message["error"]}");
            }

            Note(message);
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellationToken)
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[65536];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            message.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }

    /// <summary>What a script threw, and what the page's own policy refused it. That the network fails is no error of a page: the live one outlives its deploy.</summary>
    private void Note(JsonNode message)
    {
        JsonNode? entry = message["params"]?["entry"];
        if ((string?)message["method"] == "Runtime.exceptionThrown" || ((string?)entry?["level"] == "error" && (string?)entry["source"] != "network"))
        {
            _errors.Add(message.ToJsonString());
        }
    }
}
