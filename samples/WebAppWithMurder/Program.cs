using Serilog;
using WebAppWithMurder;

// The content root is the folder of the app, whichever folder it is started from: a release is run as /srv/NAME/current/NAME.
WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Host.UseSerilog((context, logger) => logger.ReadFrom.Configuration(context.Configuration).WriteTo.Console());
builder.Services.AddHealthChecks();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<ReleaseInfo>();
builder.Services.AddSingleton<ReleaseNotes>();

WebApplication app = builder.Build();
app.UseSerilogRequestLogging();
app.UseDefaultFiles();
app.MapStaticAssets();
app.MapHealthChecks("/health");
app.MapGet("/api/status", (ReleaseInfo release) => release.Describe());
app.MapGet("/api/notes", (ReleaseNotes notes) => Results.Content(notes.ToHtml(), "text/html"));
app.MapFallbackToFile("index.html");
app.Run();
